import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Panel } from '../../components/Page'
import type { LogLine } from '../../lib/api/logs'
import { formatClock } from '../../lib/format'
import type { LogRing } from '../../lib/stream/logRing'
import type { RunStore } from '../../lib/stream/store'
import styles from './LogPanel.module.css'
import { useLastLines } from './useLastLines'

const NEAR_END_PX = 24

interface Props {
  runId: number
  store: RunStore
  log: LogRing
  ended: boolean
  /** Hears whether somebody reads older lines instead of following the newest. */
  onReading: (reading: boolean) => void
}

export function LogPanel({ runId, store, log, ended, onReading }: Props) {
  const problem = useLastLines(runId, store, ended)
  const [follow, setFollow] = useState(true)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => onReading(!follow), [onReading, follow])
  const { lines, lastSeq: newest, isCut } = log
  useLayoutEffect(() => {
    if (follow && newest > 0 && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [follow, newest])

  return (
    <Panel
      title="Log"
      aside={
        <label className={styles.follow}>
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} />
          Follow
        </label>
      }
    >
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
          setFollow(scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
        }
      >
        {isCut && <p className={styles.dropped}>Earlier lines are not shown.</p>}
        {lines.length === 0 && <p className={styles.dropped}>Nothing yet.</p>}
        {lines.map((line) => (
          <Line key={line.seq} line={line} />
        ))}
      </div>
    </Panel>
  )
}

/** One element a line: a thousand of them stay cheap. */
const Line = memo(function Line({ line }: { line: LogLine }) {
  return (
    <p className={styles.line} data-testid="log-line" data-level={line.level} data-seq={line.seq}>
      {[formatClock(line.at), line.level !== 'info' && line.level, line.company, line.message]
        .filter(Boolean)
        .join('  ')}
    </p>
  )
})
