import { useLocation, useNavigate } from '@tanstack/react-router'
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../components/Button'
import { Panel } from '../../components/Page'
import type { LogLine } from '../../lib/api/logs'
import { formatCount, plural } from '../../lib/format'
import type { LogRing } from '../../lib/stream/logRing'
import type { RunStore } from '../../lib/stream/store'
import styles from './LogPanel.module.css'
import { LogTools } from './LogTools'
import { EVERY_LINE, filterLines, textOf } from './logFilter'
import { useLastLines } from './useLastLines'
import { useLogFile } from './useLogFile'
import { useOlderLines } from './useOlderLines'

const NEAR_END_PX = 24

interface Props {
  runId: number
  store: RunStore
  log: LogRing
  companies: readonly string[]
  ended: boolean
  /** Hears whether somebody reads older lines instead of following the newest. */
  onReading: (reading: boolean) => void
  /** Another part of the page is shown in its place. */
  hidden?: boolean
}

/** The newest lines of the log; `#line-7` in the address marks one, and is what a line links to. */
export function LogPanel({ runId, store, log, companies, ended, onReading, hidden = false }: Props) {
  const lastProblem = useLastLines(runId, store, ended)
  const file = useLogFile(runId)
  const marked = useMarkedLine()
  const older = useOlderLines(runId, marked, log)
  const [filter, setFilter] = useState(EVERY_LINE)
  const [seenUpTo, setSeenUpTo] = useState<number | null>(marked === null ? null : 0)
  const follow = seenUpTo === null
  const setFollow = (on: boolean) => setSeenUpTo(on ? null : (seenUpTo ?? log.lastSeq))
  const source = older ?? log.lines
  const lines = useMemo(() => filterLines(source, filter), [source, filter])
  const unseen = seenUpTo === null || older ? 0 : lines.filter(({ seq }) => seq > seenUpTo).length
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => onReading(!follow), [onReading, follow])
  useLayoutEffect(() => {
    if (follow && !hidden && lines.length > 0 && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [follow, hidden, lines])
  const isThere = marked !== null && lines.some(({ seq }) => seq === marked)
  useLayoutEffect(() => {
    if (!isThere) return
    setSeenUpTo(store.lastSeq)
    box.current?.querySelector(`[data-seq="${marked}"]`)?.scrollIntoView({ block: 'center' })
  }, [isThere, marked, store])

  const navigate = useNavigate({ from: '/runs/$runId' })
  const toNewest = () => {
    setSeenUpTo(null)
    void navigate({ hash: '', search: true, replace: true, resetScroll: false })
  }

  const problem = lastProblem ?? file.problem
  return (
    <Panel title="Log">
      <LogTools
        filter={filter}
        onFilter={setFilter}
        companies={companies}
        follow={follow}
        onFollow={setFollow}
        file={file}
      />
      {problem && <p className={styles.problem}>{problem}</p>}
      <div
        ref={box}
        className={styles.lines}
        data-testid="log-panel"
        role="log"
        aria-live="off"
        aria-label="Log of this run"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setFollow(older === null && scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
        }
      >
        {older === null && log.isCut && (
          <p className={styles.dropped}>Earlier lines are not shown: download them all.</p>
        )}
        {lines.length === 0 && (
          <p className={styles.dropped}>{source.length === 0 ? 'Nothing yet.' : 'None.'}</p>
        )}
        {lines.map((line) => (
          <Line key={line.seq} line={line} marked={line.seq === marked} />
        ))}
      </div>
      {unseen > 0 && (
        <Button look="quiet" className={styles.unseen} onClick={() => setFollow(true)}>
          {plural(unseen, 'new line')}
        </Button>
      )}
      {older && (
        <p className={styles.older}>
          {formatCount(older.length)} lines from the marked one on.{' '}
          <Button look="quiet" onClick={toNewest}>
            Back to the newest
          </Button>
        </p>
      )}
    </Panel>
  )
}

/** The line that the address names, or null. */
function useMarkedLine(): number | null {
  const hash = useLocation({ select: (location) => location.hash })
  const [, digits] = /^line-(\d{1,15})$/.exec(hash) ?? []
  return digits === undefined ? null : Number(digits)
}

/** One element a line, a link to itself: a thousand of them stay cheap. */
const Line = memo(function Line({ line, marked }: { line: LogLine; marked: boolean }) {
  return (
    <a
      className={styles.line}
      href={`#line-${line.seq}`}
      tabIndex={-1}
      draggable={false}
      aria-current={marked || undefined}
      data-testid="log-line"
      data-level={line.level}
      data-seq={line.seq}
    >
      {textOf(line)}
    </a>
  )
})
