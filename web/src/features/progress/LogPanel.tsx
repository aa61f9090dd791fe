import { useLocation, useNavigate } from '@tanstack/react-router'
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../components/Button'
import { Panel } from '../../components/Page'
import type { LogLine } from '../../lib/api/logs'
import { formatCount, plural } from '../../lib/format'
import { EMPTY_LOG, type LogRing } from '../../lib/stream/logRing'
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
}

/**
 * The newest lines of the log; `#line-7` in the address marks one, and is what a line links to.
 *
 * The panel is laid out from its end (`column-reverse`): `scrollTop` is 0 there and negative above, so that a browser keeps
 * the newest line in sight by itself, and a flush asks for no layout. For somebody who reads, what was there stays as it was.
 */
export const LogPanel = memo(function LogPanel({ runId, store, log, companies, ended, onReading }: Props) {
  const lastProblem = useLastLines(runId, store, ended)
  const file = useLogFile(runId)
  const marked = useMarkedLine()
  const [filter, setFilter] = useState(EVERY_LINE)
  // The log as it was when somebody began to read it; null: they follow. An empty one is not held: what to read is yet to come.
  const [read, setRead] = useState<LogRing | null>(marked === null ? null : EMPTY_LOG)
  const follow = read === null
  const held = read && read.lines.length > 0 ? read : log
  const setFollow = (on: boolean) => setRead(on ? null : held)
  const older = useOlderLines(runId, follow ? null : marked, held)
  const source = older ?? held.lines
  const lines = useMemo(() => filterLines(source, filter), [source, filter])
  const unseen = useMemo(() => {
    if (older || held === log) return 0
    return filterLines(log.lines, filter).filter(({ seq }) => seq > held.lastSeq).length
  }, [older, held, log, filter])
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => onReading(!follow), [onReading, follow])
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = 0
  }, [follow])
  const isThere = marked !== null && lines.some(({ seq }) => seq === marked)
  useLayoutEffect(() => {
    if (!isThere) return
    setRead((current) => (current && current.lines.length > 0 ? current : store.getSnapshot().log))
    box.current?.querySelector(`[data-seq="${marked}"]`)?.scrollIntoView({ block: 'center' })
  }, [isThere, marked, store])

  const navigate = useNavigate({ from: '/runs/$runId' })
  const toNewest = () => {
    setRead(null)
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
        onScroll={({ currentTarget }) => setFollow(older === null && currentTarget.scrollTop > -NEAR_END_PX)}
      >
        <div className={styles.inOrder}>
          {older === null && held.isCut && (
            <p className={styles.dropped}>Earlier lines are not shown: download them all.</p>
          )}
          {lines.length === 0 && (
            <p className={styles.dropped}>{source.length === 0 ? 'Nothing yet.' : 'None.'}</p>
          )}
          {lines.map((line) => (
            <Line key={line.seq} line={line} marked={line.seq === marked} />
          ))}
        </div>
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
})

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
