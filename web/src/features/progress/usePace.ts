import { useEffect, useRef, useState } from 'react'
import type { RunCompany } from '../../lib/api/runs'
import { settledOf } from '../../lib/statuses'
import type { RunStore } from '../../lib/stream/store'
import { msLeft, type Part, rateOf, type Sample, WINDOW_MS } from './pace'
import type { RunProgress } from './useRunProgress'

const EVERY_MS = 1000
export const HISTORY = 60

export interface Pace {
  /** Jobs per second; null while that cannot be said. */
  readonly rate: number | null
  readonly msLeft: number | null
  /** Jobs done in each of the last seconds, at most sixty, the newest last. */
  readonly history: readonly number[]
}

const STILL: Pace = { rate: null, msLeft: null, history: [] }

/** Looks at a run once a second while it goes on. */
export function usePace(progress: RunProgress): Pace {
  const { ended, status } = progress
  const running = status !== null && !ended
  const newest = useRef(progress)
  newest.current = progress
  const [pace, setPace] = useState(STILL)
  useEffect(() => {
    if (!running) {
      setPace(({ history }) => ({ ...STILL, history }))
      return
    }
    const began = performance.now()
    let samples: Sample[] = []
    const timer = setInterval(() => {
      const { done, total, totalIsFinal, companies, store, run } = newest.current
      const at = performance.now()
      const before = samples.at(-1)
      samples = [
        ...samples.filter((sample) => sample.at >= at - WINDOW_MS),
        { at, done, companies: partsOf(companies, store) },
      ]
      const started = run?.started_at ? Date.now() - Date.parse(run.started_at) : at - began
      setPace(({ history }) => ({
        rate: rateOf(samples),
        msLeft: totalIsFinal ? msLeft(samples, total, started) : null,
        history: before ? [...history.slice(1 - HISTORY), Math.max(0, done - before.done)] : history,
      }))
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [running])
  return pace
}

function partsOf(companies: readonly RunCompany[], store: RunStore): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>()
  for (const { company_name: name, total_jobs: total, status } of companies) {
    const counts = status === 'crawling' ? store.company(name) : null
    if (counts) parts.set(name, { done: settledOf(counts), total })
  }
  return parts
}
