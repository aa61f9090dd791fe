import { createQuerySerializer } from 'openapi-fetch'
import { api, dataOf, done } from './http'
import type {
  EventAnswer,
  FacetValue,
  JobAnswer,
  JobDetail,
  JobFacets,
  JobPage,
  operations,
  Presence,
  SalaryAnswer,
} from './schema'

type Parameters = NonNullable<operations['count_jobs']['parameters']['query']>
/** Which postings are wanted, as the server's parameters say it. */
export type JobsFilter = { readonly [Name in keyof Parameters]?: NonNullable<Parameters[Name]> }

export type Job = JobAnswer
export type Posting = JobDetail
export type PostingEvent = EventAnswer
export type Salary = SalaryAnswer
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

/** What a person notes on a posting, for nobody but themselves. */
export type Mark = 'seen' | 'starred'

export function setMark(id: number, mark: Mark, on: boolean): Promise<void> {
  const params = { path: { job_id: id } }
  if (mark === 'seen')
    return done(
      on ? api.PUT('/api/jobs/{job_id}/seen', { params }) : api.DELETE('/api/jobs/{job_id}/seen', { params }),
    )
  return done(
    on ? api.PUT('/api/jobs/{job_id}/star', { params }) : api.DELETE('/api/jobs/{job_id}/star', { params }),
  )
}

const serialize = createQuerySerializer()

/** The address of these postings as a file. */
export function exportPath(path: '/api/jobs.csv' | '/api/jobs.json', filter: JobsFilter): string {
  const query = serialize(filter)
  return query === '' ? path : `${path}?${query}`
}
