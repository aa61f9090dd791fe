const HALF_MS = 500

const listeners = new Set<() => void>()
const waiting = new Map<() => void, number>()
let timer: ReturnType<typeof setInterval> | undefined
let isHalf = false

/** Calls `listener` once a second, in one go with all others, so that what goes with the time is drawn once. */
export function everySecond(listener: () => void): () => void {
  listeners.add(listener)
  run()
  return () => {
    listeners.delete(listener)
    rest()
  }
}

/** Calls `listener` once, at a second or half a second of that same clock that is at least `ms` away. */
export function onceWithTheClock(listener: () => void, ms: number): () => void {
  waiting.set(listener, performance.now() + ms)
  run()
  return () => {
    waiting.delete(listener)
    rest()
  }
}

function run(): void {
  if (timer !== undefined) return
  isHalf = false
  timer = setInterval(tick, HALF_MS)
}

function tick(): void {
  isHalf = !isHalf
  const now = performance.now()
  for (const [listener, from] of [...waiting])
    if (from <= now) {
      waiting.delete(listener)
      listener()
    }
  if (!isHalf) for (const listener of [...listeners]) listener()
  rest()
}

function rest(): void {
  if (listeners.size + waiting.size > 0) return
  clearInterval(timer)
  timer = undefined
}
