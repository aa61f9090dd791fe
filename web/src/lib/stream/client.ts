/** Where a run's events come from: `EventSource`s as the machine says, so that the view is whole whatever happens. */

import { hasEnded, type RunStatus } from '../statuses'
import { type Beat, EXTRAS, parseStreamEvent, STREAM_EVENTS, type StreamEvent } from './events'
import { step } from './machine'
import { type Effect, type Input, initial, type State, type Verdict } from './modes'
import type { Tickets } from './tickets'

/**
 * - `connecting`: nothing has come yet
 * - `live`: what is shown is what the server has
 * - `reconnecting`: the line is down; it comes back by itself
 * - `ended`: the run has ended and everything has arrived
 * - `refused`: the server says no (not signed in, no such run), or cannot be understood; nothing more will come
 */
export type Connection =
  | { readonly state: 'connecting' | 'live' | 'ended' }
  | {
      readonly state: 'reconnecting'
      /** When the line was last known to be up, in ms since 1970. */
      readonly asOf: number
      /** When the next attempt is made, in ms since 1970; null where the browser alone knows. */
      readonly retryAt: number | null
    }
  | { readonly state: 'refused'; readonly reason: string }

/** What takes the events in. It holds the cursor, so that every (re)connect goes on from what has really arrived. */
export interface StreamSink {
  readonly cursor: string
  /** The run's status as last heard. */
  readonly status: RunStatus | null
  /** So many ms pass before it shows what comes: what is brought more often is not seen any sooner. */
  readonly restMs?: number
  apply(event: StreamEvent): void
  /** Forget the cursor: the next connection sends everything. */
  rewind(): void
  /** Whether it holds what the server says that it must. */
  agrees(beat: Beat): boolean
  connection(connection: Connection): void
}

export interface Subscription {
  /** Bring nothing more. */
  stop(): void
  /** Where it waits for the time to reconnect: do so now. */
  hurry(): void
}

export interface RunStream {
  /** Bring the events of a run into `sink` until the run ends. */
  subscribe(runId: number, sink: StreamSink): Subscription
}

/** What the world is to a stream. */
export interface StreamWorld {
  readonly open: (url: string) => EventSource
  readonly tickets: Tickets
  readonly ask: (runId: number) => Promise<Verdict>
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number
  /** The time in ms since 1970. */
  readonly now: () => number
  /** Something is wrong that heals by itself, but should not have been. */
  readonly report: (text: string) => void
}

const FIRST_DELAY_MS = 500
const SHORT_DELAY_MS = 600
/** A server that is started again is there within seconds, and a view should be right within one more. */
const SHORT_DELAYS = 20
const LONGEST_DELAY_MS = 15_000

/** How long to wait after so many failures, in ms, with full jitter over the upper half: short at first, then doubling. */
export function reconnectDelay(failures: number, random: number): number {
  const longer = SHORT_DELAY_MS * 2 ** Math.max(0, failures - SHORT_DELAYS)
  const delay = failures === 0 ? FIRST_DELAY_MS : Math.min(LONGEST_DELAY_MS, longer)
  return delay * (0.5 + random / 2)
}

/** The stream on native `EventSource`s. What is in their URLs is a ticket: a token for the stream of this one run. */
export function eventSourceStream(world: StreamWorld): RunStream {
  return {
    subscribe(runId, sink) {
      const connection = new StreamConnection(runId, sink, world)
      connection.start()
      return connection
    },
  }
}

/** Does what the machine says, and tells it what happens. */
class StreamConnection implements Subscription {
  private state: State
  /** Those that are wanted; null until there is a ticket for it. */
  private readonly sources = new Map<number, EventSource | null>()
  private readonly inbox: Input[] = []
  private busy = false
  private stopped = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private timeoutAt: number | null = null
  private knownUpAt: number
  private shown = ''
  private readonly runId: number
  private readonly sink: StreamSink
  private readonly world: StreamWorld

  constructor(runId: number, sink: StreamSink, world: StreamWorld) {
    this.runId = runId
    this.sink = sink
    this.world = world
    this.state = initial(sink.cursor, sink.status !== null && hasEnded(sink.status))
    this.knownUpAt = world.now()
  }

  start(): void {
    this.take({ kind: 'start' })
  }

  stop(): void {
    this.stopped = true
    // Whoever watches next may be somebody else.
    this.world.tickets.forget(this.runId)
    clearTimeout(this.timer)
    for (const source of this.sources.values()) source?.close()
    this.sources.clear()
  }

  hurry(): void {
    this.take({ kind: 'now' })
  }

  /** One thing after the other: what an effect brings about waits until the others are done. */
  private take(input: Input): void {
    this.inbox.push(input)
    if (this.busy) return
    this.busy = true
    for (let next = this.inbox.shift(); next && !this.stopped; next = this.inbox.shift()) {
      if (next.kind === 'heard') this.knownUpAt = this.world.now()
      const { state, effects } = step(this.state, next)
      this.state = state
      for (const effect of effects) this.perform(effect)
    }
    this.busy = false
    if (!this.stopped) this.show()
  }

  private perform(effect: Effect): void {
    switch (effect.do) {
      case 'open':
        void this.open(effect.line, effect.cursor, effect.freshTicket)
        break
      case 'close':
        this.sources.get(effect.line)?.close()
        this.sources.delete(effect.line)
        break
      case 'fold':
        this.sink.apply(effect.event)
        break
      case 'compare':
        this.take({ kind: 'compared', agrees: this.sink.agrees(effect.beat) })
        break
      case 'rewind':
        this.sink.rewind()
        break
      case 'report':
        this.world.report(effect.text)
        break
      case 'ask':
        // What the server refused may have been the ticket.
        this.world.tickets.forget(this.runId)
        void this.world.ask(this.runId).then((verdict) => this.take({ kind: 'verdict', verdict }))
        break
      case 'timer':
        this.wait(effect.ms)
        break
      case 'back-off':
        this.wait(reconnectDelay(effect.failures, this.world.random()))
        break
    }
  }

  private async open(line: number, cursor: string, freshTicket: boolean): Promise<void> {
    this.sources.set(line, null)
    if (freshTicket) this.world.tickets.forget(this.runId)
    let ticket: string
    try {
      ticket = await this.world.tickets.get(this.runId)
    } catch {
      // To ask why the line was refused tells why there is no ticket, too.
      this.take({ kind: 'cut', line, givenUp: true })
      return
    }
    if (!this.stopped && this.sources.has(line)) this.listen(line, streamUrl(this.runId, cursor, ticket))
  }

  private listen(line: number, url: string): void {
    const source = this.world.open(url)
    this.sources.set(line, source)
    source.addEventListener('open', () => this.take({ kind: 'answered', line }))
    source.addEventListener('error', () =>
      this.take({ kind: 'cut', line, givenUp: source.readyState === source.CLOSED }),
    )
    let lastId = ''
    for (const name of STREAM_EVENTS)
      source.addEventListener(name, (message: MessageEvent<unknown>) => {
        if (!this.sources.has(line)) return
        // An event without an id is given that of the last one which had one: it is news only when it is another.
        const id = message.lastEventId === lastId ? '' : message.lastEventId
        lastId = message.lastEventId
        this.take(heard(line, name, String(message.data), id))
      })
  }

  private wait(ms: number | null): void {
    clearTimeout(this.timer)
    this.timeoutAt = ms === null ? null : this.world.now() + ms
    if (ms !== null) this.timer = setTimeout(() => this.take({ kind: 'timeout' }), ms)
  }

  private show(): void {
    const connection = connectionOf(this.state, this.knownUpAt, this.timeoutAt)
    const key = JSON.stringify(connection)
    if (key === this.shown) return
    this.shown = key
    this.sink.connection(connection)
  }
}

function heard(line: number, name: string, data: string, id: string): Input {
  try {
    return { kind: 'heard', line, event: parseStreamEvent(name, data, id) }
  } catch (error) {
    const reason = `${error instanceof Error ? error.message : String(error)} Reload the page.`
    return { kind: 'garbled', line, reason }
  }
}

function connectionOf({ mode, lost }: State, asOf: number, timeoutAt: number | null): Connection {
  switch (mode.name) {
    case 'connecting':
      return lost ? { state: 'reconnecting', asOf, retryAt: null } : { state: 'connecting' }
    case 'live':
    case 'rotating':
      return { state: 'live' }
    case 'waiting':
      return { state: 'reconnecting', asOf, retryAt: mode.asking ? null : timeoutAt }
    case 'ended':
      return { state: 'ended' }
    case 'refused':
      return { state: 'refused', reason: mode.reason }
  }
}

/** A new `EventSource` sends no Last-Event-ID header, so that its cursor goes into the query. */
function streamUrl(runId: number, cursor: string, ticket: string): string {
  const query = new URLSearchParams({ extras: EXTRAS.join(','), token: ticket })
  if (cursor !== '') query.set('last_event_id', cursor)
  return `/api/ingestion/progress/${runId}?${query}`
}
