import * as v from 'valibot'
import {
  COMPANY_STATUSES,
  isJobStatus,
  JOB_STATUSES,
  type JobCounts,
  NO_JOBS,
  RUN_STATUSES,
} from '../statuses'
import { request, withQuery } from './http'

const CountsWire = v.pipe(v.record(v.string(), v.number()), v.transform(countsOf))

const RunWire = v.object({
  run_id: v.number(),
  status: v.picklist(RUN_STATUSES),
  counts: CountsWire,
  total_jobs: v.number(),
  created_at: v.string(),
  started_at: v.nullable(v.string()),
  finished_at: v.nullable(v.string()),
  error_message: v.nullable(v.string()),
  companies: v.number(),
  failed_companies: v.number(),
  retry_of: v.nullable(v.number()),
  retried_in: v.nullable(v.number()),
  version: v.number(),
})
export type Run = v.InferOutput<typeof RunWire>

const RunCompanyWire = v.object({
  company_name: v.string(),
  source: v.string(),
  title_filters: v.object({ include: v.array(v.string()), exclude: v.array(v.string()) }),
  status: v.picklist(COMPANY_STATUSES),
  reason: v.nullish(v.string(), null),
  began_at: v.nullable(v.string()),
  settled_at: v.nullable(v.string()),
  counts: CountsWire,
  total_jobs: v.number(),
})
export type ListedCompany = v.InferOutput<typeof RunCompanyWire>
/** What the stream tells of a company, too. */
export type RunCompany = Omit<ListedCompany, 'source' | 'title_filters' | 'began_at' | 'settled_at'>

const RunJobWire = v.object({
  company_name: v.string(),
  external_id: v.string(),
  title: v.string(),
  location: v.nullish(v.string(), null),
  status: v.picklist(JOB_STATUSES),
  reason: v.nullish(v.string(), null),
  attempt: v.number(),
  posting_id: v.nullish(v.number(), null),
  url: v.nullish(v.string(), null),
})
export type RunJob = v.InferOutput<typeof RunJobWire>

const RunPageWire = v.object({ runs: v.array(RunWire), next: v.nullable(v.number()) })
export type RunPage = v.InferOutput<typeof RunPageWire>

const JobPageWire = v.object({ jobs: v.array(RunJobWire), next: v.nullable(v.string()) })

const RunIdWire = v.object({ run_id: v.number() })
const CurrentRunWire = v.object({ run_id: v.nullable(v.number()) })
const AbortWire = v.object({ success: v.boolean(), message: v.string() })

export const getRun = (runId: number, signal?: AbortSignal): Promise<Run> =>
  request(`/api/ingestion/status/${runId}`, RunWire, { signal })

export const getRuns = (before?: number, signal?: AbortSignal, limit = 50): Promise<RunPage> =>
  request(withQuery('/api/ingestion/runs', { before, limit }), RunPageWire, { signal })

/** The id of the run that is going; null when none is. */
export const getCurrentRunId = async (signal?: AbortSignal): Promise<number | null> =>
  (await request('/api/ingestion/current-run', CurrentRunWire, { signal })).run_id

/** @throws ApiError 409 with the `runId` of the run that is active */
export const startRun = async (): Promise<number> =>
  (await request('/api/ingestion/start', RunIdWire, { method: 'POST', body: {} })).run_id

export const abortRun = (runId: number): Promise<v.InferOutput<typeof AbortWire>> =>
  request(`/api/ingestion/abort/${runId}`, AbortWire, { method: 'POST', body: {} })

export const getRunCompanies = async (runId: number, signal?: AbortSignal): Promise<ListedCompany[]> => {
  const schema = v.object({ companies: v.array(RunCompanyWire) })
  return (await request(`/api/ingestion/runs/${runId}/companies`, schema, { signal })).companies
}

export interface FailedJobs {
  readonly jobs: readonly RunJob[]
  /** Whether there are more than were fetched. */
  readonly more: boolean
}

const MOST_FAILED_JOBS = 1000

/** The failed jobs of a run with their reasons, up to a thousand. */
export async function getFailedJobs(runId: number, signal?: AbortSignal): Promise<FailedJobs> {
  const jobs: RunJob[] = []
  let after: string | undefined
  do {
    const path = withQuery(`/api/ingestion/runs/${runId}/jobs`, { status: 'error', after, limit: 200 })
    const page = await request(path, JobPageWire, { signal })
    jobs.push(...page.jobs)
    after = page.next ?? undefined
  } while (after !== undefined && jobs.length < MOST_FAILED_JOBS)
  return { jobs, more: after !== undefined }
}

/** One job of a run; null when the run has none with that key. */
export async function getRunJob(
  runId: number,
  company: string,
  externalId: string,
  signal?: AbortSignal,
): Promise<RunJob | null> {
  const path = withQuery(`/api/ingestion/runs/${runId}/jobs`, { company, external_id: externalId, limit: 1 })
  const page = await request(path, JobPageWire, { signal })
  return page.jobs.find((job) => job.company_name === company && job.external_id === externalId) ?? null
}

function countsOf(counts: Readonly<Record<string, number>>): JobCounts {
  const all: Record<keyof JobCounts, number> = { ...NO_JOBS }
  for (const [status, count] of Object.entries(counts)) if (isJobStatus(status)) all[status] = count
  return all
}
