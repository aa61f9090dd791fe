import { useEffect, useState } from 'react'
import { Badge } from '../../components/Badge'
import type { Connection } from '../../lib/stream/client'

/** Planned reconnects take milliseconds: they are nothing to show. */
const PATIENCE_MS = 2000

export function ConnectionPill({ connection }: { connection: Connection }) {
  const patient = usePatience(connection.state)
  return (
    <span data-testid="connection-pill" data-state={patient ? 'live' : connection.state}>
      <Pill state={patient ? 'live' : connection.state} />
    </span>
  )
}

function Pill({ state }: { state: Connection['state'] }) {
  switch (state) {
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
      return (
        <Badge tone="gone" shape="ring">
          Reconnecting…
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

function usePatience(state: Connection['state']): boolean {
  const [impatient, setImpatient] = useState(false)
  useEffect(() => {
    setImpatient(false)
    if (state !== 'reconnecting') return
    const timer = setTimeout(() => setImpatient(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [state])
  return state === 'reconnecting' && !impatient
}
