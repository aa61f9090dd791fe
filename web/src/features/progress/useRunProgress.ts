import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { Run, RunCompany } from '../../lib/api/runs'
import { failedJobsQuery, queryKeys, runQuery } from '../../lib/queries'
import {
  hasEnded,
  isListed,
  type JobCounts,
  NO_JOBS,
  type RunStatus,
  settledOf,
  totalOf,
} from '../../lib/statuses'
import { type RunFeed, useRunFeed, useRunSnapshot } from '../../lib/stream/hooks'
import type { RunSnapshot, RunStore } from '../../lib/stream/store'
import { useThrottled } from '../../lib/useThrottled'

const FAILURES_MS = 2000
/** Where there are many, one more is no news, and asking costs more. */
const MANY_FAILURES = 200
const MANY_FAILURES_MS = 10_000

export interface RunProgress {
  readonly feed: RunFeed
  readonly store: RunStore
  readonly snapshot: RunSnapshot
  readonly run: Run | undefined
  /** Why the run cannot be shown at all. */
  readonly error: Error | null
  readonly status: RunStatus | null
  readonly ended: boolean
  readonly companies: readonly RunCompany[]
  readonly counts: JobCounts
  readonly done: number
  readonly total: number
  /** False while boards are still being listed: `total` may grow then. */
  readonly totalIsFinal: boolean
}

/**
 * A run, live. From the stream: its status, jobs, counts, companies, log, and how the connection is. Asked for: its times
 * and why it failed as a whole (`run`), whenever its status changes.
 */
export function useRunProgress(runId: number): RunProgress {
  const feed = useRunFeed(runId)
  const { store } = feed
  const snapshot = useRunSnapshot(store)
  const run = useQuery(runQuery(runId))
  const status = snapshot.status ?? run.data?.status ?? null
  const ended = status !== null && hasEnded(status)
  const companies = useMemo(() => companiesOf(snapshot.companies, store), [snapshot.companies, store])
  useRenewOnChange(runId, snapshot.status)
  useRenewBoards(snapshot.status, companies)
  // Before the stream has brought all jobs, their counts are as they were when the run was asked for.
  const counts = snapshot.cursor === '' ? (run.data?.counts ?? snapshot.counts) : snapshot.counts
  return {
    feed,
    store,
    snapshot,
    run: run.data,
    error: run.error,
    status,
    ended,
    companies,
    counts,
    done: settledOf(counts),
    total: totalOf(counts),
    totalIsFinal: status !== null && isListed(status),
  }
}

/** A new status of the run brings new times and, at the end, the last word on every company. */
function useRenewOnChange(runId: number, status: RunStatus | null): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (status === null || status === 'pending') return
    const run = runQuery(runId)
    if (queries.getQueryData(run.queryKey)?.status !== status)
      void queries.invalidateQueries({ queryKey: run.queryKey, exact: true })
    void queries.invalidateQueries({ queryKey: queryKeys.runCompanies(runId) })
    if (hasEnded(status)) {
      void queries.invalidateQueries({ queryKey: queryKeys.currentRun })
      void queries.invalidateQueries({ queryKey: queryKeys.runs })
    }
  }, [queries, runId, status])
}

/** What boards ask, and until when they are left alone, is known once they are listed, or have failed. */
function useRenewBoards(status: RunStatus | null, companies: readonly RunCompany[]): void {
  const queries = useQueryClient()
  const failed = companies.filter((company) => company.status === 'error').length
  const asOf = useThrottled(`${status} ${failed}`, FAILURES_MS)
  useEffect(() => {
    void asOf
    void queries.invalidateQueries({ queryKey: queryKeys.boards })
  }, [queries, asOf])
}

/** The failed jobs and why, asked for again when their number has changed. */
export function useFailedJobs(runId: number, failed: number) {
  const asOf = useThrottled(failed, failed > MANY_FAILURES ? MANY_FAILURES_MS : FAILURES_MS)
  const query = failedJobsQuery(runId)
  return useQuery({
    ...query,
    queryKey: [...query.queryKey, asOf],
    enabled: asOf > 0,
    placeholderData: (previous) => previous,
  })
}

/** `counts` are as of when the company last changed: `useCompanyCounts` has the newest. */
const companiesOf = (companies: RunSnapshot['companies'], store: RunStore): RunCompany[] =>
  [...companies].map(([name, { status, jobs, reason }]) => ({
    company_name: name,
    status,
    reason,
    counts: store.company(name) ?? NO_JOBS,
    total_jobs: jobs,
  }))
