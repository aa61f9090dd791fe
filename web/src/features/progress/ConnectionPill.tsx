import { useEffect, useState } from 'react'
import { Badge } from '../../components/Badge'
import { Button } from '../../components/Button'
import { formatTime } from '../../lib/format'
import type { Connection } from '../../lib/stream/client'
import type { RunFeed } from '../../lib/stream/hooks'
import { useNow } from '../../lib/useNow'
import styles from './ConnectionPill.module.css'

/** Planned reconnects take milliseconds: they are nothing to show. What is one has to be on the screen within 2 s. */
const PATIENCE_MS = 1750
/** Almost two beats and a half are missing: after 25 s that has to be on the screen. */
const OFFLINE_MS = 24_500

interface Props {
  connection: Connection
  feed: RunFeed
}

/** Whether what is shown moves, and if not, since when and until when. */
export function ConnectionPill({ connection, feed }: Props) {
  const state = useShownState(connection, feed.paused)
  const action = actionIn(state, feed)
  return (
    <span className={styles.pill} data-testid="connection-pill" data-state={state}>
      <State state={state} connection={connection} />
      {action && (
        <Button look="quiet" aria-label={action.label} onClick={action.act}>
          {action.word}
        </Button>
      )}
    </span>
  )
}

interface Action {
  readonly word: string
  readonly label: string
  readonly act: () => void
}

/** One button for all of them: pressed, it keeps the focus when it becomes another. */
function actionIn(state: ShownState, feed: RunFeed): Action | null {
  switch (state) {
    case 'connecting':
    case 'live':
      return { word: 'Pause', label: 'Pause updates', act: () => feed.setPaused(true) }
    case 'paused':
      return { word: 'Resume', label: 'Resume updates', act: () => feed.setPaused(false) }
    case 'reconnecting':
    case 'offline':
      return { word: 'Now', label: 'Reconnect now', act: feed.hurry }
    default:
      return null
  }
}

type ShownState = Connection['state'] | 'paused' | 'offline'

function State({ state, connection }: { state: ShownState; connection: Connection }) {
  switch (state) {
    case 'paused':
      return (
        <Badge tone="idle" shape="equal">
          Paused
        </Badge>
      )
    case 'connecting':
      return (
        <Badge tone="idle" shape="ring">
          Connecting…
        </Badge>
      )
    case 'live':
      return (
        <Badge tone="good" shape="dot">
          Live
        </Badge>
      )
    case 'reconnecting':
      return connection.state === 'reconnecting' && connection.retryAt !== null ? (
        <Countdown until={connection.retryAt} />
      ) : (
        <Badge tone="gone" shape="ring">
          Reconnecting…
        </Badge>
      )
    case 'offline':
      return (
        <Badge tone="idle" shape="cross">
          {connection.state === 'reconnecting' ? `Offline, as of ${formatTime(connection.asOf)}` : 'Offline'}
        </Badge>
      )
    case 'ended':
      return (
        <Badge tone="idle" shape="square">
          Ended
        </Badge>
      )
    case 'refused':
      return (
        <Badge tone="bad" shape="cross">
          Refused
        </Badge>
      )
  }
}

function Countdown({ until }: { until: number }) {
  const seconds = Math.ceil((until - useNow(true)) / 1000)
  return (
    <Badge tone="gone" shape="ring">
      {seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…'}
    </Badge>
  )
}

/** A line that is down is shown as such after some patience, and as offline at once when what is shown is old. */
function useShownState(connection: Connection, paused: boolean): ShownState {
  const isDown = connection.state === 'reconnecting'
  const asOf = isDown ? connection.asOf : 0
  const [since, setSince] = useState(0)
  const [now, setNow] = useState(0)
  useEffect(() => {
    const start = isDown ? Date.now() : 0
    setSince(start)
    setNow(start)
    if (!isDown) return
    // A timer may be a moment early by the clock.
    const later = (ms: number) => setTimeout(() => setNow(Date.now()), Math.max(0, ms) + 20)
    const timers = [later(PATIENCE_MS), later(asOf + OFFLINE_MS - start)]
    return () => timers.forEach(clearTimeout)
  }, [isDown, asOf])
  if (paused && connection.state !== 'ended' && connection.state !== 'refused') return 'paused'
  if (!isDown) return connection.state
  if (now >= asOf + OFFLINE_MS) return 'offline'
  return now < since + PATIENCE_MS ? 'live' : 'reconnecting'
}
