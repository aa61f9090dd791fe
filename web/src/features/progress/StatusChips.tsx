import { ShapeIcon } from '../../components/Badge'
import { jobLook } from '../../components/StatusBadges'
import { formatCount } from '../../lib/format'
import { useShortcut } from '../../lib/shortcuts'
import { isOpen, JOB_STATUSES, type JobCounts, type JobStatus, openOf, totalOf } from '../../lib/statuses'
import styles from './StatusChips.module.css'

interface Props {
  counts: JobCounts
  /** The run has: those that were left open are one, whether they were begun with or not. */
  ended: boolean
  chosen: JobStatus | null
  onChoose: (status: JobStatus | null) => void
}

/** How many jobs have each status. A click, or its key, shows only those; a second one all again. */
export function StatusChips({ counts, ended, chosen, onChoose }: Props) {
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
      {JOB_STATUSES.map((status, index) => {
        const isLeft = ended && isOpen(status)
        const isChosen = chosen === status || (isLeft && chosen !== null && isOpen(chosen))
        if (isLeft && (status !== 'pending' || (openOf(counts) === 0 && !isChosen))) return null
        return (
          <StatusChip
            key={status}
            status={status}
            ended={ended}
            count={isLeft ? openOf(counts) : counts[status]}
            shortcut={String(index)}
            chosen={isChosen}
            onChoose={onChoose}
          />
        )
      })}
    </fieldset>
  )
}

interface ChipProps {
  status: JobStatus
  ended: boolean
  count: number
  /** The key that does the same as a click. */
  shortcut: string
  chosen: boolean
  onChoose: (status: JobStatus | null) => void
}

function StatusChip({ status, ended, count, shortcut, chosen, onChoose }: ChipProps) {
  const { word, tone, shape } = jobLook(status, ended)
  const toggle = () => onChoose(chosen ? null : status)
  useShortcut(shortcut, `Only ${word.toLowerCase()} jobs, and all again`, toggle)
  return (
    <button
      type="button"
      className={styles.chip}
      data-tone={tone}
      aria-pressed={chosen}
      aria-keyshortcuts={shortcut}
      onClick={toggle}
    >
      <ShapeIcon shape={shape} />
      {word} <b>{formatCount(count)}</b>
    </button>
  )
}
