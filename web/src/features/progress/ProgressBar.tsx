import { formatCount, percentOf, plural } from '../../lib/format'
import type { JobCounts } from '../../lib/statuses'
import styles from './ProgressBar.module.css'

const DONE = ['ready', 'skipped', 'expired', 'error'] as const
const AT_WORK = [...DONE, 'crawling'] as const

interface Props {
  counts: JobCounts
  done: number
  total: number
  /** False: the total may still grow, so that there is no percent to show. */
  final: boolean
  ended: boolean
}

export function ProgressBar({ counts, done, total, final, ended }: Props) {
  const percent = percentOf(done, total)
  const text = final
    ? `${percent} %, ${formatCount(done)} of ${plural(total, 'job')} done`
    : `Boards are still being listed: ${formatCount(done)} of at least ${plural(total, 'job')} done`
  return (
    <div
      className={styles.bar}
      data-testid="run-progress"
      data-waiting={(!final && !ended) || undefined}
      role="progressbar"
      aria-label="Jobs done"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={final ? percent : undefined}
      aria-valuetext={text}
    >
      {final &&
        total > 0 &&
        (ended ? DONE : AT_WORK).map((status) => (
          <span key={status} data-segment={status} style={{ width: `${(counts[status] / total) * 100}%` }} />
        ))}
    </div>
  )
}
