import { memo } from 'react'
import { JobBadge } from '../../components/StatusBadges'
import { titleOf } from '../../lib/format'
import { useShortcut } from '../../lib/shortcuts'
import type { JobView } from '../../lib/stream/fold'
import { useJobStatus } from '../../lib/stream/hooks'
import type { RunStore } from '../../lib/stream/store'
import { useListRows } from '../../lib/useListRows'
import { usePhone } from '../../lib/usePhone'
import { jobKey } from '../failures/group'
import { kindOf } from '../failures/kinds'
import styles from './JobList.module.css'
import { useLocations } from './useLocations'

const ROW_PX = 44
/** On a phone a row has two lines. */
const PHONE_ROW_PX = 60

interface Props {
  runId: number
  store: RunStore
  jobs: readonly JobView[]
  ended: boolean
  reasons: ReadonlyMap<string, string | null>
  onOpen: (job: JobView) => void
}

/** The jobs that fit into view, and a few more. One row is in the tab order; arrows, j, k and f move to others. */
export const JobRows = memo(function JobRows({ runId, store, jobs, ended, reasons, onOpen }: Props) {
  const { scroller, height, rows, current, setActive, go, onKeyDown } = useListRows(
    jobs.length,
    usePhone() ? PHONE_ROW_PX : ROW_PX,
  )
  const locations = useLocations(
    runId,
    rows.flatMap(({ index }) => jobs[index] ?? []),
  )

  // From anywhere on the page: to the list first, and then on in it.
  const isIn = () => scroller.current?.contains(document.activeElement) ?? false
  useShortcut('j', 'To the next job', () => go(isIn() ? Math.min(jobs.length - 1, current + 1) : current))
  useShortcut('k', 'To the job before', () => go(isIn() ? Math.max(0, current - 1) : current))
  useShortcut('f', 'To the next failed job', () => {
    const to = nextFailure(jobs, isIn() ? current : -1)
    if (to !== null) go(to)
  })

  return (
    <div role="table" aria-label="Jobs of this run" aria-rowcount={jobs.length + 1} className={styles.table}>
      <div role="row" aria-rowindex={1} className={`${styles.row} ${styles.heading}`}>
        <span role="columnheader">Status</span>
        <span role="columnheader">Title</span>
        <span role="columnheader">Company, place</span>
      </div>
      <div role="rowgroup" ref={scroller} className={styles.scroller} onKeyDown={onKeyDown}>
        <div role="presentation" style={{ height, position: 'relative' }}>
          {rows.map(({ index, top }) => {
            const job = jobs[index]
            return (
              job && (
                <Row
                  key={jobKey(job.company, job.externalId)}
                  store={store}
                  job={job}
                  ended={ended}
                  index={index}
                  top={top}
                  reason={reasons.get(jobKey(job.company, job.externalId)) ?? null}
                  location={locations.get(jobKey(job.company, job.externalId)) ?? ''}
                  isActive={index === current}
                  onFocus={setActive}
                  onOpen={onOpen}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
})

/** The next failed job behind `from`, from the top again where there is none. */
export function nextFailure(jobs: readonly JobView[], from: number): number | null {
  const failed = (job: JobView) => job.status === 'error'
  const behind = jobs.findIndex((job, index) => index > from && failed(job))
  const found = behind === -1 ? jobs.findIndex(failed) : behind
  return found === -1 ? null : found
}

interface RowProps {
  store: RunStore
  job: JobView
  ended: boolean
  index: number
  /** Distance from the top of the list, in px. */
  top: number
  reason: string | null
  /** Empty while it is not known, and where the board does not say. */
  location: string
  isActive: boolean
  onFocus: (index: number) => void
  onOpen: (job: JobView) => void
}

const Row = memo(function Row(props: RowProps) {
  const { store, job, ended, index, top, reason, location, isActive, onFocus, onOpen } = props
  const status = useJobStatus(store, job)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button in it takes the keys; the row is only a larger target.
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`${styles.row} ${styles.job}`}
      style={{ transform: `translateY(${top}px)` }}
      data-testid="job-row"
      data-status={status}
      data-company={job.company}
      data-external-id={job.externalId}
      onClick={(event) => {
        // What has the focus when a dialog opens gets it back when it closes.
        event.currentTarget.querySelector('button')?.focus({ preventScroll: true })
        onOpen(job)
      }}
    >
      <span role="cell">
        <JobBadge status={status} ended={ended} />
      </span>
      <span role="cell" className={styles.title}>
        <button
          type="button"
          tabIndex={isActive ? 0 : -1}
          onFocus={() => onFocus(index)}
          onClick={(event) => {
            event.stopPropagation()
            onOpen(job)
          }}
        >
          {titleOf(job.title)}
        </button>
        {status === 'error' && reason && <span className={styles.reason}>{kindOf(reason)}</span>}
      </span>
      <span role="cell" className={styles.where}>
        <span>{job.company}</span>
        {location !== '' && <span className={styles.location}>{location}</span>}
      </span>
    </div>
  )
})
