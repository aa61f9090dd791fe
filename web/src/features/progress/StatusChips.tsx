import { ShapeIcon } from '../../components/Badge'
import { JOB_LOOKS } from '../../components/StatusBadges'
import { formatCount } from '../../lib/format'
import { JOB_STATUSES, type JobCounts, type JobStatus, totalOf } from '../../lib/statuses'
import styles from './StatusChips.module.css'
import { useShortcuts } from './useShortcuts'

interface Props {
  counts: JobCounts
  chosen: JobStatus | null
  onChoose: (status: JobStatus | null) => void
}

/** How many jobs have each status. A click, or its key, shows only those; a second one all again. */
export function StatusChips({ counts, chosen, onChoose }: Props) {
  const toggle = (status: JobStatus) => onChoose(chosen === status ? null : status)
  useShortcuts(Object.fromEntries(JOB_STATUSES.map((status, index) => [String(index), () => toggle(status)])))
  return (
    <fieldset className={styles.chips}>
      <legend className="visually-hidden">Show jobs with this status</legend>
      <button
        type="button"
        className={styles.chip}
        aria-pressed={chosen === null}
        onClick={() => onChoose(null)}
      >
        All <b>{formatCount(totalOf(counts))}</b>
      </button>
      {JOB_STATUSES.map((status, index) => (
        <button
          key={status}
          type="button"
          className={styles.chip}
          data-tone={JOB_LOOKS[status].tone}
          aria-pressed={chosen === status}
          aria-keyshortcuts={String(index)}
          title={`${JOB_LOOKS[status].word}: key ${index}`}
          onClick={() => toggle(status)}
        >
          <ShapeIcon shape={JOB_LOOKS[status].shape} />
          {JOB_LOOKS[status].word} <b>{formatCount(counts[status])}</b>
        </button>
      ))}
    </fieldset>
  )
}
