import { useEffect, useState } from 'react'
import { formatCount, formatTime } from '../../lib/format'
import type { RunSnapshot, RunStore } from '../../lib/stream/store'
import styles from './Diagnostics.module.css'

interface Props {
  store: RunStore
  snapshot: RunSnapshot
}

/** How fresh the view is, for whoever wonders: measured with each snapshot, looked at when opened. */
export function Diagnostics({ store, snapshot }: Props) {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    if (document.visibilityState === 'hidden') {
      store.freshness.unseen()
      return
    }
    // What this snapshot brought is in the frame that begins now.
    const frame = requestAnimationFrame(() => store.freshness.painted(Date.now()))
    return () => cancelAnimationFrame(frame)
  })
  return (
    <details className={styles.panel} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>How fresh is this?</summary>
      {open && <Figures store={store} snapshot={snapshot} />}
    </details>
  )
}

function Figures({ store, snapshot: { cursor, asOf } }: Props) {
  const fresh = store.freshness.percentiles()
  return (
    <dl className={styles.figures}>
      <dt>From commit to screen, half of the changes</dt>
      <dd data-testid="freshness-p50">
        {fresh ? `within ${formatCount(Math.round(fresh.p50))} ms` : 'none yet'}
      </dd>
      <dt>95 of 100</dt>
      <dd>{fresh ? `within ${formatCount(Math.round(fresh.p95))} ms` : 'none yet'}</dd>
      <dt>Changes measured</dt>
      <dd>{formatCount(fresh?.count ?? 0)}</dd>
      <dt>Version shown</dt>
      <dd>{cursor === '' ? 'none yet' : cursor.split('.')[0]}</dd>
      <dt>Made at</dt>
      <dd>{asOf === null ? 'unknown' : formatTime(asOf)}</dd>
    </dl>
  )
}
