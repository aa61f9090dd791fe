import { memo, useEffect } from 'react'
import { StarButton } from '../../components/StarButton'
import type { Job, Mark } from '../../lib/api/jobs'
import { formatDay, titleOf } from '../../lib/format'
import { useShortcut } from '../../lib/shortcuts'
import { useListRows } from '../../lib/useListRows'
import { valueName } from '../../lib/valueNames'
import styles from './Jobs.module.css'

const ROW_PX = 60
/** So many rows before the end the next page is asked for. */
const AHEAD = 30

interface Props {
  jobs: readonly Job[]
  /** How many there are with those that are not loaded yet; null while it is not known. */
  total: number | null
  hasMore: boolean
  loadMore: () => void
  onOpen: (job: Job) => void
  onMark: (id: number, mark: Mark, on: boolean) => void
}

/** The postings that fit into view, and a few more. One row is in the tab order; arrows, j and k move to the others. */
export function PostingRows({ jobs, total, hasMore, loadMore, onOpen, onMark }: Props) {
  const { scroller, height, rows, last, current, setActive, onKeyDown } = useListRows(jobs.length, ROW_PX)
  const inFocus = () => (scroller.current?.contains(document.activeElement) ? jobs[current] : undefined)
  useShortcut('s', 'Star the posting in focus, or take its star away', () => {
    const job = inFocus()
    if (job) onMark(job.id, 'starred', !job.starred)
  })
  useShortcut('u', 'Mark it as not seen, or as seen', () => {
    const job = inFocus()
    if (job) onMark(job.id, 'seen', !job.seen)
  })

  useEffect(() => {
    if (hasMore && last >= jobs.length - AHEAD) loadMore()
  }, [hasMore, last, jobs.length, loadMore])

  return (
    <div role="table" aria-label="Postings" aria-rowcount={total === null ? -1 : total + 1}>
      <div role="row" aria-rowindex={1} className="visually-hidden">
        <span role="columnheader">Title</span>
        <span role="columnheader">Company and place</span>
        <span role="columnheader">Posted, or else first seen</span>
        <span role="columnheader">Star</span>
      </div>
      <div role="rowgroup" ref={scroller} className={styles.scroller} onKeyDown={onKeyDown}>
        <div role="presentation" style={{ height, position: 'relative' }}>
          {rows.map(({ index, top }) => {
            const job = jobs[index]
            return (
              job && (
                <Row
                  key={job.id}
                  job={job}
                  index={index}
                  top={top}
                  isActive={index === current}
                  onFocus={setActive}
                  onOpen={onOpen}
                  onMark={onMark}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface RowProps {
  job: Job
  index: number
  /** Distance from the top of the list, in px. */
  top: number
  isActive: boolean
  onFocus: (index: number) => void
  onOpen: (job: Job) => void
  onMark: (id: number, mark: Mark, on: boolean) => void
}

const Row = memo(function Row({ job, index, top, isActive, onFocus, onOpen, onMark }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button in it takes the keys; the row is only a larger target.
    <div
      role="row"
      aria-rowindex={index + 2}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      data-testid="posting-row"
      data-seen={job.seen}
      onClick={(event) => {
        // What has the focus when a dialog opens gets it back when it closes.
        event.currentTarget.querySelector('button')?.focus({ preventScroll: true })
        onOpen(job)
      }}
    >
      <span role="cell" className={styles.title}>
        <button
          type="button"
          id={`posting-${job.id}`}
          dir="auto"
          tabIndex={isActive ? 0 : -1}
          onFocus={() => onFocus(index)}
          onClick={(event) => {
            event.stopPropagation()
            onOpen(job)
          }}
        >
          {titleOf(job.title)}
        </button>
        {!job.seen && <span className="visually-hidden">, not seen yet</span>}
      </span>
      <span role="cell" className={styles.where}>
        <bdi>{job.company_name}</bdi>
        {job.location && (
          <>
            {' · '}
            <bdi>{job.location}</bdi>
          </>
        )}
        {job.workplace && ` · ${valueName(job.workplace)}`}
      </span>
      <When job={job} />
      <span role="cell" className={styles.star}>
        <StarButton
          aria-describedby={`posting-${job.id}`}
          on={job.starred}
          tabIndex={isActive ? 0 : -1}
          aria-keyshortcuts="s"
          onFocus={() => onFocus(index)}
          onChange={(on) => onMark(job.id, 'starred', on)}
        />
      </span>
    </div>
  )
})

/** The day that it states; where it states none, the day on which it was first seen, and that it is that. */
function When({ job }: { job: Job }) {
  if (job.gone_at !== null)
    return (
      <span role="cell" className={styles.when}>
        Gone
      </span>
    )
  const day = formatDay(job.posted_on ?? job.first_seen_at.slice(0, 10))
  return (
    <span
      role="cell"
      className={styles.when}
      title={job.posted_on === null ? `First seen ${day}` : `Posted ${day}`}
    >
      {day}
    </span>
  )
}
