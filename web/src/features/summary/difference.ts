import { type Outcome, outcomesOf, type Run } from '../../lib/api/runs'
import { formatCount } from '../../lib/format'

/** "12 more than in run 16"; nothing without an earlier run. A retry is a part of a run: there is nothing to compare. */
export function differenceOf(
  run: Run,
  earlier: Run | null | undefined,
  outcome: Outcome,
): string | undefined {
  if (!earlier || run.retry_of !== null) return undefined
  const difference = outcomesOf(run)[outcome] - outcomesOf(earlier)[outcome]
  if (difference === 0) return `as in run ${earlier.run_id}`
  return `${formatCount(Math.abs(difference))} ${difference > 0 ? 'more' : 'fewer'} than in run ${earlier.run_id}`
}
