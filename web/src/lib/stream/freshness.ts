/** How old what is shown is when it is shown: from the commit in the database to the next frame on the screen. */

const KEPT = 1000
/** A beat does not take so long: then it is the clocks that differ. */
const LONGEST_TRIP_MS = 500

export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly count: number
}

export class Freshness {
  private arrivals: number[] = []
  private waiting: number[] = []
  private ages: number[] = []
  private shortestTrip = Number.POSITIVE_INFINITY

  /** A beat has come, which the server sent at `sentAt`. Both in ms since 1970, each by its own clock. */
  beat(sentAt: number, now: number): void {
    this.shortestTrip = Math.min(this.shortestTrip, now - sentAt)
  }

  /** What was committed at `at` (ms since 1970) has come. */
  arrived(at: number): void {
    this.arrivals.push(at)
  }

  /** What came will be in the next frame. */
  flushed(): void {
    this.waiting = [...this.waiting, ...this.arrivals].slice(-KEPT)
    this.arrivals = []
  }

  /** What was flushed is on the screen. */
  painted(now: number): void {
    const skew = this.skew
    const ages = this.waiting.map((at) => Math.max(0, now - skew - at))
    this.ages = [...this.ages, ...ages].slice(-KEPT)
    this.waiting = []
  }

  /** Nobody sees it: a hidden page paints nothing. */
  unseen(): void {
    this.waiting = []
  }

  /** Of the newest thousand changes, in ms; null before there are any. */
  percentiles(): Percentiles | null {
    const sorted = [...this.ages].sort((a, b) => a - b)
    const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1]
    const [p50, p95] = [at(0.5), at(0.95)]
    return p50 === undefined || p95 === undefined ? null : { p50, p95, count: sorted.length }
  }

  /** By how much this clock is ahead of the server's, as far as that is more than a beat's way takes. */
  private get skew(): number {
    const trip = this.shortestTrip
    return trip < 0 || (trip > LONGEST_TRIP_MS && Number.isFinite(trip)) ? trip : 0
  }
}
