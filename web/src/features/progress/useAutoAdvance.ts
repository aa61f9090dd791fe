import { useNavigate } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef } from 'react'

export const ADVANCE_MS = 2500
/** Whoever did something this recently is looking at it. */
const BUSY_MS = 5000
const SIGNS_OF_LIFE = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const

interface Options {
  readonly runId: number
  readonly ended: boolean
  /** The person asked to stay, or has something open. */
  readonly stay: boolean
  /** Where somebody who is busy would be. The header is not in it: aborting a run is no reason to stay. */
  readonly area: RefObject<HTMLElement | null>
}

/** When the run has ended: on to its summary, unless the person is looking at something here. */
export function useAutoAdvance({ runId, ended, stay, area }: Options): void {
  const navigate = useNavigate()
  const busyAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const element = area.current
    const note = () => {
      busyAt.current = performance.now()
    }
    for (const sign of SIGNS_OF_LIFE) element?.addEventListener(sign, note, { passive: true })
    return () => {
      for (const sign of SIGNS_OF_LIFE) element?.removeEventListener(sign, note)
    }
  }, [area])
  useEffect(() => {
    if (!ended || stay) return
    const endedAt = performance.now()
    const advance = () => {
      // Whoever does something here after the end has a reason to be here.
      if (busyAt.current > endedAt) return
      const wait = busyAt.current + BUSY_MS - performance.now()
      if (wait > 0) timer = setTimeout(advance, wait)
      // In its place: Back would lead here, and from here on to the summary again.
      else void navigate({ to: '/runs/$runId/summary', params: { runId: String(runId) }, replace: true })
    }
    let timer = setTimeout(advance, ADVANCE_MS)
    return () => clearTimeout(timer)
  }, [ended, stay, runId, navigate])
}
