/** Between two announcements: whoever listens wants to hear other things, too. */
const LEAST_MS = 10_000
/** So long is kept quiet about less than a step. */
const SMALL_MS = 30_000
const STEP_PERCENT = 10

export interface Standing {
  readonly percent: number | null
  /** Of jobs and boards together. */
  readonly failures: number
}

export interface Said extends Standing {
  /** When that was; in ms of `performance.now()`. */
  readonly at: number
}

export const NOTHING_SAID: Said = { at: Number.NEGATIVE_INFINITY, percent: null, failures: 0 }

/** In how many ms the news should be told; null where there are none. A failure waits no longer than it must. */
export function waitFor(said: Said, is: Standing, now: number): number | null {
  if (is.percent === said.percent && is.failures === said.failures) return null
  const isLarge = is.failures > said.failures || stepOf(is.percent) > stepOf(said.percent)
  return Math.max(0, said.at + (isLarge ? LEAST_MS : SMALL_MS) - now)
}

const stepOf = (percent: number | null): number => Math.floor((percent ?? 0) / STEP_PERCENT)
