/**
 * The one fold of the progress stream: what a client holds of a run after the events so far.
 *
 * It is bound to the server's own (`domain/progress.py`) by the golden streams in `protocol/golden`.
 */

import type { JobStatus, RunStatus } from '../statuses'
import { crc32OfText } from './crc32'
import type { Beat, CompanyJobs, CompanyOnWire, CompanyUpdates, StreamEvent } from './events'
import { addLines, EMPTY_LOG, type LogRing } from './logRing'

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
  /** How many jobs that are. */
  size: number
  /** The sum of their digests modulo 2^32, kept step by step: a beat must not cost a look at every job. */
  sum: number
  /** The companies of the run, in the order in which they came. */
  companies: Map<string, CompanyOnWire>
  /** The newest lines of the run's log. */
  log: LogRing
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

export const emptyRunView = (): RunView => ({
  status: null,
  jobs: new Map(),
  size: 0,
  sum: 0,
  companies: new Map(),
  log: EMPTY_LOG,
  cursor: '',
})

/** Fold one event into `view`, in place: a copy of 100,000 jobs for each update would cost more than it explains. */
export function foldEvent(view: RunView, event: StreamEvent, observer: FoldObserver = nobody): void {
  switch (event.kind) {
    case 'status':
      view.status = event.status
      break
    case 'all_jobs':
      view.jobs = new Map()
      view.size = 0
      view.sum = 0
      observer.replaced()
      addJobs(view, event.jobs, observer)
      break
    case 'added':
      addJobs(view, event.jobs, observer)
      break
    case 'update':
      patchJobs(view, event.updates, observer)
      break
    case 'companies':
      for (const [name, company] of event.companies) view.companies.set(name, company)
      break
    case 'log':
      view.log = addLines(view.log, event.lines)
      break
    case 'beat':
    case 'rotate':
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
      const previous = held.get(externalId)
      // Two lines of a rotation may both tell of it: it is still the same job.
      if (previous?.title === title) {
        patchJob(view, previous, status, observer)
        continue
      }
      const job = { company, externalId, title, status }
      held.set(externalId, job)
      count(view, job, job.status, 1)
      if (previous) {
        count(view, previous, previous.status, -1)
        observer.readded(job, previous)
      } else observer.added(job)
    }
  }
}

function patchJobs(view: RunView, companies: CompanyUpdates, observer: FoldObserver): void {
  for (const [company, statuses] of companies) {
    const held = view.jobs.get(company)
    if (!held) continue
    for (const [externalId, status] of statuses) {
      const job = held.get(externalId)
      if (job) patchJob(view, job, status, observer)
    }
  }
}

/** The same patch may come twice: the second time changes nothing. */
function patchJob(view: RunView, job: JobView, status: JobStatus, observer: FoldObserver): void {
  if (job.status === status) return
  const previous = job.status
  job.status = status
  count(view, job, previous, -1)
  count(view, job, status, 1)
  observer.changed(job, previous)
}

function count(view: RunView, job: JobView, status: JobStatus, by: 1 | -1): void {
  view.size += by
  view.sum = (view.sum + by * jobDigest(job.company, job.externalId, status)) >>> 0
}

/** One job's part of the digest: the CRC-32 of company, external id and status, one a line. */
const jobDigest = (company: string, externalId: string, status: JobStatus): number =>
  crc32OfText(`${company}\n${externalId}\n${status}`)

/** The digest of all jobs held: the sum of their parts modulo 2^32, as 8 lower-case hex digits. */
export const digest = (view: RunView): string => view.sum.toString(16).padStart(8, '0')

/** Whether this view holds what the server says that it must. */
export const agrees = (view: RunView, beat: Beat): boolean =>
  view.size === beat.jobs && digest(view) === beat.digest
