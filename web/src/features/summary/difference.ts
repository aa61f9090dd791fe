import type { Run } from '../../lib/api/runs'
import { formatCount } from '../../lib/format'
import type { JobStatus } from '../../lib/statuses'

/** "12 more than in run 16"; nothing without an earlier run. A retry is a part of a run: there is nothing to compare. */
export function differenceOf(
  run: Run,
  earlier: Run | null | undefined,
  status: JobStatus,
): string | undefined {
  if (!earlier || run.retry_of !== null) return undefined
  const difference = run.counts[status] - earlier.counts[status]
  if (difference === 0) return `as in run ${earlier.run_id}`
  return `${formatCount(Math.abs(difference))} ${difference > 0 ? 'more' : 'fewer'} than in run ${earlier.run_id}`
}
