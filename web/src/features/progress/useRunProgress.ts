import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Run, RunCompany } from '../../lib/api/runs'
import { failedJobsQuery, queryKeys, runCompaniesQuery, runQuery } from '../../lib/queries'
import {
  hasEnded,
  isListed,
  JOB_STATUSES,
  type JobCounts,
  NO_JOBS,
  type RunStatus,
  settledOf,
  totalOf,
} from '../../lib/statuses'
import { useRunSnapshot, useRunStore } from '../../lib/stream/hooks'
import type { RunSnapshot, RunStore } from '../../lib/stream/store'
import { useThrottled } from '../../lib/useThrottled'

const COMPANIES_POLL_MS = 2000
const FAILURES_MS = 2000
/** Where there are many, one more is no news, and asking costs more. */
const MANY_FAILURES = 200
const MANY_FAILURES_MS = 10_000

export interface RunProgress {
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

/** A run, live: the stream where it speaks, and what is asked for where it is silent. */
export function useRunProgress(runId: number): RunProgress {
  const store = useRunStore(runId)
  const snapshot = useRunSnapshot(store)
  const run = useQuery(runQuery(runId))
  const status = snapshot.status ?? run.data?.status ?? null
  const ended = status !== null && hasEnded(status)
  const companies = useQuery({
    ...runCompaniesQuery(runId),
    enabled: run.data !== undefined,
    refetchInterval: ended ? false : COMPANIES_POLL_MS,
  })
  useRenewOnChange(runId, snapshot.status)

  const totalIsFinal = status !== null && isListed(status)
  // Before every board is listed the base stream holds no jobs.
  const counts = snapshot.total > 0 || !companies.data ? snapshot.counts : sumCounts(companies.data)
  return {
    store,
    snapshot,
    run: run.data,
    error: run.error,
    status,
    ended,
    companies: companies.data ?? [],
    counts,
    done: settledOf(counts),
    total: totalOf(counts),
    totalIsFinal,
  }
}

/** A new status of the run brings new times and, at the end, the last word on every company. */
function useRenewOnChange(runId: number, status: RunStatus | null): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (status === null || status === 'pending') return
    void queries.invalidateQueries({ queryKey: queryKeys.run(runId), exact: true })
    void queries.invalidateQueries({ queryKey: queryKeys.runCompanies(runId) })
    if (hasEnded(status)) {
      void queries.invalidateQueries({ queryKey: queryKeys.currentRun })
      void queries.invalidateQueries({ queryKey: queryKeys.runs })
    }
  }, [queries, runId, status])
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

function sumCounts(companies: readonly RunCompany[]): JobCounts {
  const sum = { ...NO_JOBS }
  for (const { counts } of companies) for (const status of JOB_STATUSES) sum[status] += counts[status]
  return sum
}
