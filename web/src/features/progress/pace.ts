/** How fast a run goes, and how long it will take: from what was done at several times. Times in ms. */

/** How much of one company is done, and how much there is. Companies with the same `host` share its pace. */
export interface Part {
  readonly host: string
  readonly done: number
  readonly total: number
  /** When it was first seen at work, and how much was done then. */
  readonly begun: { readonly at: number; readonly done: number }
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
 * How long the rest takes. A run ends with its slowest host: while the quick ones are being done, the run's own rate
 * promises too much. A host that has refused is asked slower for a while, and then faster again: what it has done since
 * it began says more then than its last seconds do.
 */
export function msLeft(samples: readonly Sample[], total: number, elapsedMs: number): number | null {
  const last = samples.at(-1)
  const rate = rateOf(samples)
  if (!last || rate === null || rate < 0.1 || elapsedMs < EARLY_MS) return null
  if (total === 0 || last.done >= total || last.done / total < EARLY_PART) return null
  let longest: number | null = null
  for (const parts of byHost(last.companies)) {
    const left = sum(parts, ([, part]) => part.total - part.done)
    const own = Math.max(rateSinceBegun(last.at, parts), rateOfLate(samples, last.at, parts))
    if (own > 0) longest = Math.max(longest ?? 0, left / own)
  }
  return longest && longest * 1000
}

type Parts = readonly (readonly [company: string, part: Part])[]

function byHost(companies: ReadonlyMap<string, Part>): Iterable<Parts> {
  const hosts = new Map<string, [string, Part][]>()
  for (const entry of companies) {
    const held = hosts.get(entry[1].host)
    if (held) held.push(entry)
    else hosts.set(entry[1].host, [entry])
  }
  return hosts.values()
}

/** Jobs per second of these companies together since the first of them began; 0 while that is too short a time to say. */
function rateSinceBegun(now: number, parts: Parts): number {
  const ms = now - Math.min(...parts.map(([, { begun }]) => begun.at))
  return ms < LEAST_MS
    ? 0
    : perSecond(
        sum(parts, ([, { done, begun }]) => done - begun.done),
        ms,
      )
}

/** The same over the samples that there are. */
function rateOfLate(samples: readonly Sample[], now: number, parts: Parts): number {
  const first = samples.find(({ companies }) => parts.some(([company]) => companies.has(company)))
  if (!first || now - first.at < LEAST_MS) return 0
  const then = (company: string, { begun }: Part) => first.companies.get(company)?.done ?? begun.done
  return perSecond(
    sum(parts, ([company, part]) => part.done - then(company, part)),
    now - first.at,
  )
}

const sum = (parts: Parts, of: (entry: Parts[number]) => number): number =>
  parts.reduce((total, entry) => total + of(entry), 0)

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
