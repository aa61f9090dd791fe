import { type JobCounts, NO_JOBS } from '../statuses'
import { api, dataOf } from './http'
import type {
  Aborted,
  operations,
  RetryAnswer,
  RetryRequest,
  RunAnswer,
  RunCompanyAnswer,
  RunJobAnswer,
  RunJobs,
} from './schema'

/** With every status in `counts`: the server leaves out those that no job has. */
type Counted<Answer> = Omit<Answer, 'counts'> & { readonly counts: JobCounts }
/** What came of ended jobs. The stream has one status, `ready`, for the first two. */
export const OUTCOMES = ['new', 'changed', 'unchanged', 'expired', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

export type Run = Counted<RunAnswer>
export type ListedCompany = Counted<RunCompanyAnswer>
/** What the stream tells of a company, too. */
export type RunCompany = Omit<
  ListedCompany,
  'source' | 'title_filters' | 'began_at' | 'settled_at' | 'changed_jobs'
>
export type RunJob = RunJobAnswer
export interface RunPage {
  readonly runs: readonly Run[]
  readonly next: number | null
}
/** What of a run to try again, as far as it failed; empty: everything. */
export type RetryWish = RetryRequest
/** The run that tries again: the same one, or a new one where that had ended. */
export type Retried = RetryAnswer

const counted = <Answer extends { readonly counts: Partial<JobCounts> }>(
  answer: Answer,
): Counted<Answer> => ({
  ...answer,
  counts: { ...NO_JOBS, ...answer.counts },
})

/** How many jobs of a run, or of one of its companies, came to what. */
export const outcomesOf = ({
  counts,
  changed_jobs: changed,
}: Pick<Run, 'counts' | 'changed_jobs'>): Record<Outcome, number> => ({
  new: counts.ready - changed,
  changed,
  unchanged: counts.skipped,
  expired: counts.expired,
  failed: counts.error,
})

/** When a worker began with the run: before that it has not begun, however long ago it was asked for. */
export const beganAt = ({ started_at, created_at }: Pick<Run, 'started_at' | 'created_at'>): string =>
  started_at ?? created_at

/** How long a run took, in ms; of one that goes on: by `now`. */
export const tookMs = (run: Pick<Run, 'started_at' | 'created_at' | 'finished_at'>, now: number): number =>
  (run.finished_at === null ? now : Date.parse(run.finished_at)) - Date.parse(beganAt(run))

const of = (runId: number) => ({ params: { path: { run_id: runId } } })

export const getRun = async (runId: number, signal?: AbortSignal): Promise<Run> =>
  counted(await dataOf(api.GET('/api/ingestion/status/{run_id}', { ...of(runId), signal: signal ?? null })))

export async function getRuns(before: number | null, signal: AbortSignal, limit = 50): Promise<RunPage> {
  const params = { query: { ...(before !== null && { before }), limit } }
  const { runs, next } = await dataOf(api.GET('/api/ingestion/runs', { params, signal }))
  return { runs: runs.map(counted), next }
}

/** The id of the run that is going; null when none is. */
export const getCurrentRunId = async (signal: AbortSignal): Promise<number | null> =>
  (await dataOf(api.GET('/api/ingestion/current-run', { signal }))).run_id

/** Of all companies that are switched on (null), or of these. @throws ApiError 409 with the `runId` of the run that is active */
export const startRun = async (companies: readonly string[] | null): Promise<number> =>
  (await dataOf(api.POST('/api/ingestion/start', { body: { companies: companies && [...companies] } })))
    .run_id

export const abortRun = (runId: number): Promise<Aborted> =>
  dataOf(api.POST('/api/ingestion/abort/{run_id}', of(runId)))

/** @throws ApiError 409 with the `runId` of another run that is active, 422 when nothing of it has failed */
export const retryRun = (runId: number, wish: RetryWish): Promise<Retried> =>
  dataOf(api.POST('/api/ingestion/retry/{run_id}', { ...of(runId), body: wish }))

export async function getRunCompanies(runId: number, signal: AbortSignal): Promise<ListedCompany[]> {
  const call = api.GET('/api/ingestion/runs/{run_id}/companies', { ...of(runId), signal })
  return (await dataOf(call)).companies.map(counted)
}

export interface FailedJobs {
  readonly jobs: readonly RunJob[]
  /** Whether there are more than were fetched. */
  readonly more: boolean
}

const MOST_FAILED_JOBS = 1000

/** The failed jobs of a run with their reasons, up to a thousand. */
export async function getFailedJobs(runId: number, signal: AbortSignal): Promise<FailedJobs> {
  const jobs: RunJob[] = []
  let after: string | null = null
  do {
    const page = await getRunJobs(runId, { status: ['error'], after, limit: 200 }, signal)
    jobs.push(...page.jobs)
    after = page.next
  } while (after !== null && jobs.length < MOST_FAILED_JOBS)
  return { jobs, more: after !== null }
}

/** One job of a run; null when the run has none with that key. */
export async function getRunJob(
  runId: number,
  company: string,
  externalId: string,
  signal: AbortSignal,
): Promise<RunJob | null> {
  const { jobs } = await getRunJobs(runId, { company, external_id: externalId, limit: 1 }, signal)
  return jobs[0] ?? null
}

/** Where some jobs of a run are, in their order; null for one that it does not have. */
export async function getLocations(
  runId: number,
  jobs: readonly (readonly [company: string, externalId: string])[],
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  const body = { jobs: jobs.map(([company_name, external_id]) => ({ company_name, external_id })) }
  const call = api.POST('/api/ingestion/runs/{run_id}/locations', { ...of(runId), body, signal })
  return (await dataOf(call)).locations
}

type JobsQuery = NonNullable<operations['list_run_jobs']['parameters']['query']>

const getRunJobs = (runId: number, query: JobsQuery, signal: AbortSignal): Promise<RunJobs> =>
  dataOf(
    api.GET('/api/ingestion/runs/{run_id}/jobs', {
      params: { path: { run_id: runId }, query },
      signal,
    }),
  )
