/**
 * The one fold of the progress stream: what a client holds of a run after the events so far.
 *
 * It is bound to the server's own (`domain/progress.py`) by the golden streams in `protocol/golden`.
 */

import type { JobStatus, RunStatus } from '../statuses'
import { crc32 } from './crc32'
import type { CompanyJobs, CompanyUpdates, StreamEvent } from './events'

/** One job of the run. The object stays the same until the next `all_jobs`; only its status changes. */
export interface JobView {
  readonly company: string
  readonly externalId: string
  readonly title: string
  status: JobStatus
}

export interface RunView {
  status: RunStatus | null
  /** By company, then by external id. A company without jobs has an empty map. */
  jobs: Map<string, Map<string, JobView>>
  /** The cursor to go on from, or "" for "send everything". */
  cursor: string
}

/** Hears what a fold changes, so that counts can be kept without looking at every job. */
export interface FoldObserver {
  replaced(): void
  added(job: JobView): void
  /** `job` takes the place of `previous`, which had the same key. */
  readded(job: JobView, previous: JobView): void
  changed(job: JobView, previous: JobStatus): void
}

const nobody: FoldObserver = { replaced() {}, added() {}, readded() {}, changed() {} }

export const emptyRunView = (): RunView => ({ status: null, jobs: new Map(), cursor: '' })

/** Fold one event into `view`, in place: a copy of 100,000 jobs for each update would cost more than it explains. */
export function foldEvent(view: RunView, event: StreamEvent, observer: FoldObserver = nobody): void {
  switch (event.kind) {
    case 'status':
      view.status = event.status
      break
    case 'all_jobs':
      view.jobs = new Map()
      observer.replaced()
      addJobs(view, event.jobs, observer)
      break
    case 'added':
      addJobs(view, event.jobs, observer)
      break
    case 'update':
      patchJobs(view, event.updates, observer)
      break
    case 'unknown':
      break
  }
  if (event.id !== '') view.cursor = event.id === '0' ? '' : event.id
}

function addJobs(view: RunView, companies: CompanyJobs, observer: FoldObserver): void {
  for (const [company, jobs] of companies) {
    const held = view.jobs.get(company) ?? new Map<string, JobView>()
    view.jobs.set(company, held)
    for (const { externalId, title, status } of jobs) {
      const job = { company, externalId, title, status }
      const previous = held.get(externalId)
      held.set(externalId, job)
      if (previous) observer.readded(job, previous)
      else observer.added(job)
    }
  }
}

function patchJobs(view: RunView, companies: CompanyUpdates, observer: FoldObserver): void {
  for (const [company, statuses] of companies) {
    const held = view.jobs.get(company)
    if (!held) continue
    for (const [externalId, status] of statuses) {
      const job = held.get(externalId)
      // After a cut in mid-group the same patch comes twice: the second time changes nothing.
      if (!job || job.status === status) continue
      const previous = job.status
      job.status = status
      observer.changed(job, previous)
    }
  }
}

const utf8 = new TextEncoder()

/** One job's part of the digest: the CRC-32 of company, external id and status, one a line. */
export const jobDigest = (company: string, externalId: string, status: JobStatus): number =>
  crc32(utf8.encode(`${company}\n${externalId}\n${status}`))

/** The digest of all jobs held: the sum of their parts modulo 2^32, as 8 lower-case hex digits. */
export function digest(view: RunView): string {
  let sum = 0
  for (const jobs of view.jobs.values())
    for (const job of jobs.values()) sum = (sum + jobDigest(job.company, job.externalId, job.status)) >>> 0
  return sum.toString(16).padStart(8, '0')
}
