import { useEffect, useRef, useState } from 'react'

const WINDOW_MS = 10_000

/** Jobs per second over the last ten seconds; null before there is anything to say, or when nothing runs. */
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
      if (first && now.at > first.at)
        setRate(Math.max(0, ((now.done - first.done) * 1000) / (now.at - first.at)))
    }, 1000)
    return () => clearInterval(timer)
  }, [running])
  return rate
}
