/** How fast a run goes, and how long it will take: from what was done at several times. Times in ms. */

/** How much of one company is done, and how much there is. */
export interface Part {
  readonly done: number
  readonly total: number
}

export interface Sample {
  readonly at: number
  readonly done: number
  readonly companies: ReadonlyMap<string, Part>
}

/** Short: boards differ, and what the first ones took says little of the next. */
export const WINDOW_MS = 10_000
const LEAST_MS = 2500
/** Before so much is done, nothing is said of the time that is left. */
const EARLY_MS = 5000
const EARLY_PART = 0.03

/** Jobs per second from the first sample to the last; null before there is anything to go by. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.at - first.at < LEAST_MS) return null
  return perSecond(last.done - first.done, last.at - first.at)
}

/**
 * How long the rest takes. A run ends with its slowest company: while the quick ones are being done, the run's own rate
 * promises too much.
 */
export function msLeft(samples: readonly Sample[], total: number, elapsedMs: number): number | null {
  const [first, last] = [samples[0], samples.at(-1)]
  const rate = rateOf(samples)
  if (!first || !last || rate === null || rate < 0.1 || elapsedMs < EARLY_MS) return null
  if (total === 0 || last.done >= total || last.done / total < EARLY_PART) return null
  let seconds = (total - last.done) / rate
  for (const [name, part] of last.companies) {
    const own = ownRate(samples, name)
    if (own !== null && own > 0) seconds = Math.max(seconds, (part.total - part.done) / own)
  }
  return seconds * 1000
}

/** A company's own rate since it began; null while that is too short a time to say. */
function ownRate(samples: readonly Sample[], name: string): number | null {
  const own = samples.filter(({ companies }) => companies.has(name))
  const [first, last] = [own[0], own.at(-1)]
  if (!first || !last || last.at - first.at < LEAST_MS) return null
  const doneAt = (sample: Sample) => sample.companies.get(name)?.done ?? 0
  return perSecond(doneAt(last) - doneAt(first), last.at - first.at)
}

/** A time that does not pretend to be exact, and does not twitch: "40 s", "3 min", "1 h 20 min". */
export function roughly(ms: number): string {
  const seconds = Math.ceil(ms / 5000) * 5
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  const fives = Math.ceil(minutes / 5) * 5
  return `${Math.floor(fives / 60)} h ${String(fives % 60).padStart(2, '0')} min`
}

/** A retry takes back what was done: that is no negative speed. */
const perSecond = (done: number, ms: number): number => Math.max(0, (done * 1000) / ms)
