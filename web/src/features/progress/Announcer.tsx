import { useEffect, useRef, useState } from 'react'
import { plural } from '../../lib/format'
import { hasEnded, type RunStatus } from '../../lib/statuses'

const LEAST_MS = 10_000
const STEP_PERCENT = 10

interface Props {
  status: RunStatus | null
  percent: number | null
  failed: number
}

/** Tells who cannot see the bar how the run goes: each ten percent, at most every ten seconds, and always the end. */
export function Announcer({ status, percent, failed }: Props) {
  const [text, setText] = useState('')
  const last = useRef({ at: Number.NEGATIVE_INFINITY, step: 0 })
  useEffect(() => {
    if (status !== null && hasEnded(status)) {
      setText(`The run is over: ${status}. ${failed > 0 ? `${plural(failed, 'job')} failed.` : ''}`)
      return
    }
    const step = Math.floor((percent ?? 0) / STEP_PERCENT)
    const now = performance.now()
    if (step <= last.current.step || now - last.current.at < LEAST_MS) return
    last.current = { at: now, step }
    setText(`${percent} percent done${failed > 0 ? `, ${failed} failed` : ''}.`)
  }, [status, percent, failed])
  return (
    <span className="visually-hidden" role="status">
      {text}
    </span>
  )
}
