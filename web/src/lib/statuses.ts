/** The statuses of runs, companies and jobs, as the server writes them. */

import type { CompanyStatus, JobStatus, RunStatus } from './api/schema'

export type { CompanyStatus, JobStatus, RunStatus }

export const RUN_STATUSES = [
  'pending',
  'initializing',
  'ingesting',
  'finished',
  'error',
  'aborted',
] as const satisfies readonly RunStatus[]

export const COMPANY_STATUSES = [
  'waiting',
  'listing',
  'crawling',
  'done',
  'error',
] as const satisfies readonly CompanyStatus[]

export const JOB_STATUSES = [
  'pending',
  'crawling',
  'ready',
  'skipped',
  'expired',
  'error',
] as const satisfies readonly JobStatus[]

export type JobCounts = Readonly<Record<JobStatus, number>>

export const NO_JOBS: JobCounts = { pending: 0, crawling: 0, ready: 0, skipped: 0, expired: 0, error: 0 }

const runStatuses: ReadonlySet<string> = new Set(RUN_STATUSES)
const companyStatuses: ReadonlySet<string> = new Set(COMPANY_STATUSES)
const jobStatuses: ReadonlySet<string> = new Set(JOB_STATUSES)

export const isRunStatus = (text: unknown): text is RunStatus =>
  typeof text === 'string' && runStatuses.has(text)
export const isCompanyStatus = (text: unknown): text is CompanyStatus =>
  typeof text === 'string' && companyStatuses.has(text)
export const isJobStatus = (text: unknown): text is JobStatus =>
  typeof text === 'string' && jobStatuses.has(text)

/** After one of these nothing of the run changes any more. */
export const hasEnded = (status: RunStatus): boolean =>
  status === 'finished' || status === 'error' || status === 'aborted'

/** From here on the set of jobs no longer grows. */
export const isListed = (status: RunStatus): boolean => status === 'ingesting' || hasEnded(status)

export const totalOf = (counts: JobCounts): number =>
  JOB_STATUSES.reduce((sum, status) => sum + counts[status], 0)

/** Of a job that needs more work in its run, or was left so when that ended. */
export const isOpen = (status: JobStatus): boolean => status === 'pending' || status === 'crawling'

export const openOf = (counts: JobCounts): number => counts.pending + counts.crawling

/** Jobs that need no more work in this run. */
export const settledOf = (counts: JobCounts): number =>
  counts.ready + counts.skipped + counts.expired + counts.error
