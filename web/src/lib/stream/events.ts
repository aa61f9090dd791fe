/** The events of the progress stream: parsed here, once, so that what follows may trust them. */

import * as v from 'valibot'
import type { LogLine } from '../api/logs'
import {
  type CompanyStatus,
  isCompanyStatus,
  isJobStatus,
  isRunStatus,
  type JobStatus,
  type RunStatus,
} from '../statuses'

/** The extras that this client understands. */
export const EXTRAS = ['added', 'companies', 'log', 'beat', 'rotate'] as const
export const STREAM_EVENTS = ['status', 'all_jobs', 'update', ...EXTRAS] as const

export interface JobOnWire {
  readonly externalId: string
  readonly title: string
  readonly status: JobStatus
}

/** A company of the run: how far it is, how many jobs it has, and why its board failed. */
export interface CompanyOnWire {
  readonly status: CompanyStatus
  readonly jobs: number
  readonly reason: string | null
}

/** What a client that is in step holds at `version`: so many jobs with this digest. */
export interface Beat {
  /** The server's time, in ms since 1970. */
  readonly at: number
  readonly version: number
  readonly jobs: number
  readonly digest: string
}

export type CompanyJobs = readonly (readonly [company: string, jobs: readonly JobOnWire[]])[]
export type CompanyUpdates = readonly (readonly [
  company: string,
  statuses: readonly (readonly [string, JobStatus])[],
])[]

export type StreamEvent =
  | { readonly kind: 'status'; readonly status: RunStatus; readonly id: string }
  /** The complete map of jobs: replaces what the client holds. */
  | { readonly kind: 'all_jobs'; readonly jobs: CompanyJobs; readonly id: string }
  /** Jobs that joined the run: adds to what the client holds. */
  | { readonly kind: 'added'; readonly jobs: CompanyJobs; readonly id: string }
  /** The newest status of the jobs that changed: patches what the client holds. */
  | { readonly kind: 'update'; readonly updates: CompanyUpdates; readonly id: string }
  /** Companies that changed: each replaces what the client holds of it. */
  | {
      readonly kind: 'companies'
      readonly companies: readonly (readonly [string, CompanyOnWire])[]
      readonly id: string
    }
  /** New lines of the run's log, in order. */
  | { readonly kind: 'log'; readonly lines: readonly LogLine[]; readonly id: string }
  | { readonly kind: 'beat'; readonly beat: Beat; readonly id: string }
  /** The connection will be closed. */
  | { readonly kind: 'rotate'; readonly reason: string; readonly id: string }
  /** An event of a later protocol: changes nothing but the cursor. */
  | { readonly kind: 'unknown'; readonly id: string }

/** The server sent something that is no event of the protocol. */
export class StreamDataError extends Error {
  override readonly name = 'StreamDataError'
}

/**
 * Read one event as it came over the wire.
 *
 * @param id the event's `id:`, or "" when there is none
 * @throws StreamDataError when the data is not what the protocol says
 */
export function parseStreamEvent(event: string, data: string, id: string): StreamEvent {
  switch (event) {
    case 'status':
      if (!isRunStatus(data)) throw new StreamDataError(`"${data}" is not the status of a run.`)
      return { kind: 'status', status: data, id }
    case 'all_jobs':
      return { kind: 'all_jobs', jobs: parseJobs(data), id }
    case 'added':
      return { kind: 'added', jobs: parseJobs(data), id }
    case 'update':
      return { kind: 'update', updates: parseUpdates(data), id }
    case 'companies':
      return { kind: 'companies', companies: parseCompanies(data), id }
    case 'log':
      return { kind: 'log', lines: parseAs(LogLines, data, 'The lines of a log'), id }
    case 'beat':
      return { kind: 'beat', beat: parseAs(BeatWire, data, 'A beat'), id }
    case 'rotate':
      return { kind: 'rotate', reason: parseAs(RotateWire, data, 'A rotation').reason, id }
    default:
      return { kind: 'unknown', id }
  }
}

function parseJobs(data: string): CompanyJobs {
  return entries(parseJson(data)).map(([company, jobs]) => {
    if (!Array.isArray(jobs)) throw new StreamDataError(`The jobs of "${company}" are not a list.`)
    return [company, jobs.map(parseJob)] as const
  })
}

function parseJob(job: unknown): JobOnWire {
  if (typeof job === 'object' && job !== null && 'external_id' in job && 'title' in job && 'status' in job) {
    const { external_id: externalId, title, status } = job
    if (typeof externalId === 'string' && typeof title === 'string' && isJobStatus(status))
      return { externalId, title, status }
  }
  throw new StreamDataError('A job has no external_id, title or known status.')
}

function parseUpdates(data: string): CompanyUpdates {
  return entries(parseJson(data)).map(([company, statuses]) => [
    company,
    entries(statuses).map(([externalId, status]) => {
      if (!isJobStatus(status)) throw new StreamDataError(`"${String(status)}" is not the status of a job.`)
      return [externalId, status] as const
    }),
  ])
}

function parseCompanies(data: string): (readonly [string, CompanyOnWire])[] {
  return entries(parseJson(data)).map(([name, company]) => [name, parseCompany(name, company)])
}

function parseCompany(name: string, company: unknown): CompanyOnWire {
  if (typeof company === 'object' && company !== null && 'status' in company && 'jobs' in company) {
    const { status, jobs } = company
    const reason = 'reason' in company ? company.reason : null
    if (
      isCompanyStatus(status) &&
      typeof jobs === 'number' &&
      (reason === null || typeof reason === 'string')
    )
      return { status, jobs, reason }
  }
  throw new StreamDataError(`The company "${name}" has no known status or number of jobs.`)
}

const LogLines = v.array(
  v.object({
    seq: v.number(),
    at: v.string(),
    level: v.picklist(['info', 'warning', 'error']),
    company: v.nullable(v.string()),
    external_id: v.nullable(v.string()),
    message: v.string(),
  }),
)
const BeatWire = v.object({ at: v.number(), version: v.number(), jobs: v.number(), digest: v.string() })
const RotateWire = v.object({ reason: v.string() })

function parseAs<Schema extends v.GenericSchema>(
  schema: Schema,
  data: string,
  what: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, parseJson(data))
  if (result.success) return result.output
  throw new StreamDataError(`${what} cannot be read.`)
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    throw new StreamDataError('An event is not JSON.')
  }
}

function entries(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new StreamDataError('An event is not a JSON object.')
  return Object.entries(value)
}
