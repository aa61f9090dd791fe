import { useEffect, useRef, useState } from 'react'
import { plural } from '../../lib/format'
import { hasEnded, type RunStatus } from '../../lib/statuses'
import { NOTHING_SAID, waitFor } from './announcing'

interface Props {
  status: RunStatus | null
  percent: number | null
  failed: number
  failedBoards: number
}

/** Tells who cannot see the bar how the run goes, without talking all the time; the end is told at once. */
export function Announcer({ status, percent, failed, failedBoards }: Props) {
  const [text, setText] = useState('')
  const said = useRef(NOTHING_SAID)
  useEffect(() => {
    const failures = [
      ...(failedBoards > 0 ? [`${plural(failedBoards, 'board')} failed`] : []),
      ...(failed > 0 ? [`${plural(failed, 'job')} failed`] : []),
    ]
    if (status !== null && hasEnded(status)) {
      setText(`The run is over: ${[status, ...failures].join(', ')}.`)
      return
    }
    const is = { percent, failures: failed + failedBoards }
    const wait = waitFor(said.current, is, performance.now())
    if (wait === null) return
    const timer = setTimeout(() => {
      said.current = { ...is, at: performance.now() }
      setText(`${[...(percent === null ? [] : [`${percent} percent done`]), ...failures].join(', ')}.`)
    }, wait)
    return () => clearTimeout(timer)
  }, [status, percent, failed, failedBoards])
  return (
    <span className="visually-hidden" role="status">
      {text}
    </span>
  )
}
