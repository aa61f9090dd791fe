/** The events of the progress stream: parsed here, once, so that what follows may trust them. */

import { isJobStatus, isRunStatus, type JobStatus, type RunStatus } from '../statuses'

export interface JobOnWire {
  readonly externalId: string
  readonly title: string
  readonly status: JobStatus
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
