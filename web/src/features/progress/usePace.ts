import { useEffect, useRef, useState } from 'react'
import type { FollowedBoard } from '../../lib/api/boards'
import { everySecond } from '../../lib/clock'
import { settledOf } from '../../lib/statuses'
import { useRunBoards } from '../../lib/useRunBoards'
import { msLeft, type Part, rateOf, type Sample, WINDOW_MS } from './pace'
import type { RunProgress } from './useRunProgress'

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
export function usePace(runId: number, progress: RunProgress): Pace {
  const { ended, status } = progress
  const running = status !== null && !ended
  const boards = useRunBoards(runId)
  const newest = useRef({ progress, boards })
  newest.current = { progress, boards }
  const [pace, setPace] = useState(STILL)
  useEffect(() => {
    if (!running) {
      setPace(({ history }) => ({ ...STILL, history }))
      return
    }
    const began = performance.now()
    let samples: Sample[] = []
    let parts: ReadonlyMap<string, Part> = new Map()
    return everySecond(() => {
      const { done, total, totalIsFinal, run } = newest.current.progress
      const at = performance.now()
      parts = partsAt(at, newest.current, parts)
      const before = samples.at(-1)
      samples = [...samples.filter((sample) => sample.at >= at - WINDOW_MS), { at, done, companies: parts }]
      const started = run?.started_at ? Date.now() - Date.parse(run.started_at) : at - began
      setPace(({ history }) => ({
        rate: rateOf(samples),
        msLeft: totalIsFinal ? msLeft(samples, total, started) : null,
        history: before ? [...history.slice(1 - HISTORY), Math.max(0, done - before.done)] : history,
      }))
    })
  }, [running])
  return pace
}

/** The companies that are at work; those that were so before keep when they began. */
function partsAt(
  at: number,
  { progress, boards }: { progress: RunProgress; boards: readonly FollowedBoard[] },
  before: ReadonlyMap<string, Part>,
): ReadonlyMap<string, Part> {
  const hosts = new Map(boards.map(({ company_name, last_run }) => [company_name, last_run?.host]))
  const parts = new Map<string, Part>()
  for (const { company_name: name, total_jobs: total, status } of progress.companies) {
    const counts = status === 'crawling' ? progress.store.company(name) : null
    if (!counts) continue
    const done = settledOf(counts)
    const begun = before.get(name)?.begun ?? { at, done }
    // No longer followed: as if it had a host of its own.
    parts.set(name, { host: hosts.get(name) ?? name, done, total, begun })
  }
  return parts
}
