import { useEffect, useRef, useState } from 'react'

/** Short: boards differ, and what the first ones took says little of the next. */
const WINDOW_MS = 5000
const LEAST_MS = 2500

/** Jobs per second over the last five seconds; null before there is anything to go by, or when nothing runs. */
export function useRate(done: number, running: boolean): number | null {
  const newest = useRef(done)
  newest.current = done
  const [rate, setRate] = useState<number | null>(null)
  useEffect(() => {
    if (!running) {
      setRate(null)
      return
    }
    let samples: { at: number; done: number }[] = []
    const timer = setInterval(() => {
      const now = { at: performance.now(), done: newest.current }
      samples = [...samples.filter((sample) => sample.at >= now.at - WINDOW_MS), now]
      const first = samples[0]
      if (first && now.at - first.at >= LEAST_MS)
        setRate(Math.max(0, ((now.done - first.done) * 1000) / (now.at - first.at)))
    }, 1000)
    return () => clearInterval(timer)
  }, [running])
  return rate
}
