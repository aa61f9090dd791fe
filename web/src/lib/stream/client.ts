/** Where a run's events come from. The base implementation is one native `EventSource` for each open page. */

import { hasEnded, type RunStatus } from '../statuses'
import { parseStreamEvent, type StreamEvent } from './events'

/**
 * - `connecting`: nothing has come yet
 * - `live`: what is shown is what the server has
 * - `reconnecting`: the line is down; it comes back by itself
 * - `ended`: the run has ended and everything has arrived
 * - `refused`: the server says no (not signed in, no such run), or cannot be understood; nothing more will come
 */
export type Connection =
  | { readonly state: 'connecting' | 'live' | 'reconnecting' | 'ended' }
  | { readonly state: 'refused'; readonly reason: string }

/** What takes the events in. It holds the cursor, so that every (re)connect goes on from what has really arrived. */
export interface StreamSink {
  readonly cursor: string
  /** The run's status as last heard. */
  readonly status: RunStatus | null
  apply(event: StreamEvent): void
  /** Forget the cursor: the next connection sends everything. */
  rewind(): void
  connection(connection: Connection): void
}

export interface RunStream {
  /** Bring the events of a run into `sink` until the run ends. Returns how to stop. */
  subscribe(runId: number, sink: StreamSink): () => void
}

/** Why a stream was closed for good, as the status endpoint tells it: an `EventSource` hides the HTTP status. */
export type Verdict =
  | { readonly kind: 'running' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The server cannot be asked right now. */
  | { readonly kind: 'unreachable' }

export interface EventSourceStreamOptions {
  readonly open: (url: string) => EventSource
  readonly ask: (runId: number) => Promise<Verdict>
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number
}

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000
const EVENTS = ['status', 'all_jobs', 'update'] as const

/** Exponential backoff with full jitter over its upper half, in ms. */
export const reconnectDelay = (attempt: number, random: number): number =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + random / 2)

/** The base protocol on native `EventSource`s, signed in by the session cookie: no token is ever in the URL. */
export function eventSourceStream(options: EventSourceStreamOptions): RunStream {
  return {
    subscribe(runId, sink) {
      const connection = new StreamConnection(runId, sink, options)
      connection.open()
      return () => connection.stop()
    },
  }
}

class StreamConnection {
  private source: EventSource | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private attempt = 0
  private stopped = false
  private readonly runId: number
  private readonly sink: StreamSink
  private readonly options: EventSourceStreamOptions

  constructor(runId: number, sink: StreamSink, options: EventSourceStreamOptions) {
    this.runId = runId
    this.sink = sink
    this.options = options
  }

  open(): void {
    if (this.stopped) return
    const source = this.options.open(streamUrl(this.runId, this.sink.cursor))
    this.source = source
    source.addEventListener('open', () => this.live())
    source.addEventListener('error', () => this.interrupted(source))
    for (const name of EVENTS)
      source.addEventListener(name, (message: MessageEvent<unknown>) =>
        this.received(name, String(message.data), message.lastEventId),
      )
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    this.source?.close()
    this.source = null
  }

  private live(): void {
    this.sink.connection({ state: 'live' })
  }

  private received(name: string, data: string, id: string): void {
    if (this.stopped) return
    try {
      this.sink.apply(parseStreamEvent(name, data, id))
    } catch (error) {
      this.refuse(`${error instanceof Error ? error.message : String(error)} Reload the page.`)
      return
    }
    this.attempt = 0
    if (this.ended) this.end()
  }

  private get ended(): boolean {
    return this.sink.status !== null && hasEnded(this.sink.status)
  }

  private interrupted(source: EventSource): void {
    if (this.stopped || this.source !== source) return
    this.sink.connection({ state: 'reconnecting' })
    // While it is CONNECTING the browser reconnects by itself, with Last-Event-ID.
    if (source.readyState === source.CLOSED) void this.takeOver()
  }

  /** The browser has given up for good: find out why, then go on without it. */
  private async takeOver(): Promise<void> {
    this.source?.close()
    this.source = null
    const verdict = await this.options.ask(this.runId)
    if (this.stopped) return
    if (verdict.kind === 'refused') {
      this.refuse(verdict.reason)
      return
    }
    if (verdict.kind === 'ended') {
      if (this.ended) {
        this.end()
        return
      }
      // The server takes us for finished, but the end never arrived here: only the full state can mend that.
      this.sink.rewind()
    }
    this.timer = setTimeout(() => this.open(), reconnectDelay(this.attempt, this.options.random()))
    this.attempt += 1
  }

  private end(): void {
    this.stop()
    this.sink.connection({ state: 'ended' })
  }

  private refuse(reason: string): void {
    this.stop()
    this.sink.connection({ state: 'refused', reason })
  }
}

/** A new `EventSource` sends no Last-Event-ID header, so that its cursor goes into the query. */
function streamUrl(runId: number, cursor: string): string {
  const url = `/api/ingestion/progress/${runId}`
  return cursor === '' ? url : `${url}?last_event_id=${encodeURIComponent(cursor)}`
}
