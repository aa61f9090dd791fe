/** The newest lines of a run's log: from the stream, from what is asked for after the end, or both. */

import type { LogLine } from '../api/logs'

/** So many lines are kept, and so many does a stream send at once at most. */
export const RING_SIZE = 1000

export interface LogRing {
  /** In order. A new array means new lines. */
  readonly lines: readonly LogLine[]
  /** The number of the newest line, or 0. */
  readonly lastSeq: number
  /** There are, or may be, earlier lines than those held. */
  readonly isCut: boolean
}

export const EMPTY_LOG: LogRing = { lines: [], lastSeq: 0, isCut: false }

/** Take lines in, in their order. A group that was cut comes again: what is not newer than the newest is old. */
export function addLines(ring: LogRing, lines: readonly LogLine[]): LogRing {
  const fresh = lines.filter(({ seq }) => seq > ring.lastSeq)
  const newest = fresh.at(-1)
  if (!newest) return ring
  const all = [...ring.lines, ...fresh]
  return {
    lines: all.slice(-RING_SIZE),
    lastSeq: newest.seq,
    isCut: ring.isCut || all.length > RING_SIZE || fresh.length >= RING_SIZE,
  }
}
