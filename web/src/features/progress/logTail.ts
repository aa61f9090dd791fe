/** The newest lines of a run's log: asked for every second while the run goes on, and once more after its end. */

import type { LogLine, LogPage } from '../../lib/api/logs'

export const POLL_MS = 1000
/** The last lines of a run may be written just after its end. */
export const LAST_FETCH_MS = 1000
export const RING_SIZE = 1000

export interface LogSnapshot {
  readonly lines: readonly LogLine[]
  /** How many lines came before the ones held. */
  readonly dropped: number
  /** Why the newest request failed, if it did. */
  readonly problem: string | null
  /** Nothing more will be asked for. */
  readonly complete: boolean
}

type Fetch = (after: number, signal: AbortSignal) => Promise<LogPage>

export class LogTail {
  private readonly fetch: Fetch
  private readonly listeners = new Set<() => void>()
  private abort = new AbortController()
  private timer: ReturnType<typeof setTimeout> | undefined
  private lastSeq = 0
  private running = false
  private fetching = false
  private phase: 'going' | 'ended' | 'complete' = 'going'
  private snapshot: LogSnapshot = { lines: [], dropped: 0, problem: null, complete: false }

  constructor(fetch: Fetch) {
    this.fetch = fetch
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): LogSnapshot => this.snapshot

  start(): void {
    this.running = true
    this.abort = new AbortController()
    if (this.phase === 'going') void this.poll()
    else if (this.phase === 'ended') this.scheduleLast()
  }

  stop(): void {
    this.running = false
    clearTimeout(this.timer)
    this.abort.abort()
  }

  /** The run has ended: one last fetch, a second from now. */
  end(): void {
    if (this.phase !== 'going') return
    this.phase = 'ended'
    clearTimeout(this.timer)
    this.scheduleLast()
  }

  private scheduleLast(): void {
    this.timer = setTimeout(() => void this.fetchLast(), LAST_FETCH_MS)
  }

  private async poll(): Promise<void> {
    await this.fetchNew()
    if (this.running && this.phase === 'going') this.timer = setTimeout(() => void this.poll(), POLL_MS)
  }

  private async fetchLast(): Promise<void> {
    if (this.fetching) {
      // A slow request from before the end: the last one has to come after it.
      this.scheduleLast()
      return
    }
    await this.fetchNew()
    if (!this.running) return
    this.phase = 'complete'
    this.show({ complete: true })
  }

  private async fetchNew(): Promise<void> {
    const { signal } = this.abort
    this.fetching = true
    try {
      let more = true
      while (more && !signal.aborted) more = this.take(await this.fetch(this.lastSeq, signal))
      if (this.snapshot.problem !== null) this.show({ problem: null })
    } catch (error) {
      if (!signal.aborted) this.show({ problem: error instanceof Error ? error.message : String(error) })
    } finally {
      this.fetching = false
    }
  }

  private take(page: LogPage): boolean {
    const fresh = page.logs.filter((line) => line.seq > this.lastSeq)
    const newest = fresh.at(-1)
    if (!newest) return false
    this.lastSeq = newest.seq
    const all = [...this.snapshot.lines, ...fresh]
    const over = Math.max(0, all.length - RING_SIZE)
    this.show({ lines: all.slice(over), dropped: this.snapshot.dropped + over })
    return page.more
  }

  private show(change: Partial<LogSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change }
    for (const listener of this.listeners) listener()
  }
}
