import * as v from 'valibot'
import { request } from './http'

/** Which postings are wanted, as the server's parameters say it. */
export interface JobsFilter {
  readonly q?: string
  readonly company?: readonly string[]
  readonly location?: readonly string[]
  readonly workplace?: readonly string[]
  readonly employment_type?: readonly string[]
  readonly presence?: Presence
  readonly seen_since?: string
  readonly run?: number
}

export const PRESENCES = ['live', 'gone', 'all'] as const
export type Presence = (typeof PRESENCES)[number]

const JobWire = v.object({
  id: v.number(),
  company_name: v.string(),
  title: v.string(),
  location: v.string(),
  workplace: v.nullable(v.string()),
  employment_type: v.nullable(v.string()),
  posted_on: v.nullable(v.string()),
  first_seen_at: v.string(),
  gone_at: v.nullable(v.string()),
})
export type Job = v.InferOutput<typeof JobWire>

/** Words that are nowhere, and what was looked for as well. */
const InsteadWire = v.record(v.string(), v.array(v.string()))

const JobsWire = v.object({ jobs: v.array(JobWire), next: v.nullable(v.string()), instead: InsteadWire })
export type JobsPage = v.InferOutput<typeof JobsWire>

const FacetWire = v.array(v.object({ value: v.string(), count: v.number() }))
export type Facet = v.InferOutput<typeof FacetWire>

const FacetsWire = v.object({
  total: v.number(),
  unindexed: v.number(),
  instead: InsteadWire,
  company: FacetWire,
  location: FacetWire,
  workplace: FacetWire,
  employment_type: FacetWire,
  presence: FacetWire,
  seen_since: FacetWire,
})
export type Facets = v.InferOutput<typeof FacetsWire>

export const getJobs = (filter: JobsFilter, after: string | null, signal?: AbortSignal): Promise<JobsPage> =>
  request(jobsPath('/api/jobs', filter, after === null ? {} : { after }), JobsWire, { signal })

export const getFacets = (filter: JobsFilter, signal?: AbortSignal): Promise<Facets> =>
  request(jobsPath('/api/jobs/facets', filter), FacetsWire, { signal })

/** An address under which the server knows these postings. */
export function jobsPath(
  path: string,
  filter: JobsFilter,
  more: Readonly<Record<string, string>> = {},
): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...filter, ...more }))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== '') search.append(name, String(one))
  return search.size === 0 ? path : `${path}?${search}`
}
