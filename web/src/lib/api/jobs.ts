import { createQuerySerializer } from 'openapi-fetch'
import { api, dataOf } from './http'
import type { FacetValue, JobAnswer, JobDetail, JobFacets, JobPage, operations, Presence } from './schema'

type Parameters = NonNullable<operations['count_jobs']['parameters']['query']>
/** Which postings are wanted, as the server's parameters say it. */
export type JobsFilter = { readonly [Name in keyof Parameters]?: NonNullable<Parameters[Name]> }

export type Job = JobAnswer
export type Posting = JobDetail
export type Facet = readonly FacetValue[]
export type Facets = JobFacets

export const PRESENCES = ['live', 'gone', 'all'] as const satisfies readonly Presence[]
export type { Presence }

export const getJobs = (filter: JobsFilter, after: string | null, signal: AbortSignal): Promise<JobPage> =>
  dataOf(api.GET('/api/jobs', { params: { query: { ...filter, after } }, signal }))

export const getFacets = (filter: JobsFilter, signal: AbortSignal): Promise<Facets> =>
  dataOf(api.GET('/api/jobs/facets', { params: { query: filter }, signal }))

export const getPosting = (id: number, signal: AbortSignal): Promise<Posting> =>
  dataOf(api.GET('/api/jobs/{job_id}', { params: { path: { job_id: id } }, signal }))

const serialize = createQuerySerializer()

/** The address of these postings as a file. */
export function exportPath(path: '/api/jobs.csv' | '/api/jobs.json', filter: JobsFilter): string {
  const query = serialize(filter)
  return query === '' ? path : `${path}?${query}`
}
