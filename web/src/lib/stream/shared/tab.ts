/** A tab's side of the worker that all tabs share. It notices when the worker is dead, and does without one if it must. */

import type { Connection, RunStream, StreamSink, Subscription } from '../client'
import type { Channel, FromTab, FromWorker } from './channel'

/** So often a tab asks whether the worker is alive. */
export const PING_MS = 2000
/** So many may be left without an answer: a worker that takes a large snapshot in is busy, one that starts is not there yet. */
export const MISSED_AT_WORK = 2
export const MISSED_AT_START = 4

export interface WorkerLine {
  readonly channel: Channel<FromWorker, FromTab>
  /** Hears when the worker's script could not be loaded, or threw. */
  readonly onError: (listener: () => void) => void
}

export interface TabWorld {
  /** Join the worker, or start it where there is none. */
  readonly join: () => WorkerLine
  /** What a tab does without a worker. */
  readonly alone: RunStream
  /** The time in ms since 1970. */
  readonly now: () => number
  readonly report: (text: string) => void
}

export function sharedRunStream(world: TabWorld): RunStream {
  return {
    subscribe(runId, sink) {
      const watch = new Watch(runId, sink, world)
      watch.begin()
      return watch
    },
  }
}

class Watch implements Subscription {
  private channel: Channel<FromWorker, FromTab> | null = null
  /** Where there is no worker to be had: a stream of this tab alone. */
  private own: Subscription | null = null
  private timer: ReturnType<typeof setInterval> | undefined
  /** When there was news last, in ms since 1970. */
  private upAt: number
  /** The worker that was joined last has said something. */
  private hasAnswered = false
  /** Pings without an answer. */
  private missed = 0
  /** How the worker was asked to tell of changes. */
  private pace = 0
  /** A beat has disagreed, and none has agreed since. */
  private doubts = false
  private readonly runId: number
  private readonly sink: StreamSink
  private readonly world: TabWorld

  constructor(runId: number, sink: StreamSink, world: TabWorld) {
    this.runId = runId
    this.sink = sink
    this.world = world
    this.upAt = world.now()
  }

  begin(): void {
    this.hasAnswered = false
    this.missed = 0
    this.pace = 0
    const { channel, onError } = this.world.join()
    this.channel = channel
    channel.listen((message) => {
      if (this.channel === channel) this.heard(message)
    })
    onError(() => {
      if (this.channel === channel) this.goAlone()
    })
    this.watch()
    this.timer = setInterval(() => this.check(), PING_MS)
    this.ping()
  }

  stop(): void {
    this.part()
    this.own?.stop()
  }

  hurry(): void {
    this.channel?.send({ kind: 'hurry' })
    this.own?.hurry()
  }

  private watch(): void {
    this.channel?.send({ kind: 'watch', runId: this.runId, cursor: this.sink.cursor })
  }

  private ping(): void {
    this.missed += 1
    this.channel?.send({ kind: 'ping' })
  }

  private check(): void {
    if (this.missed >= (this.hasAnswered ? MISSED_AT_WORK : MISSED_AT_START)) this.lost()
    else this.ping()
  }

  /** The worker is dead, or hangs. From a dead one there is another one to be had: this tab's cursor says what it lacks. */
  private lost(): void {
    this.part()
    this.sink.connection({ state: 'reconnecting', asOf: this.upAt, retryAt: null })
    if (this.hasAnswered) this.begin()
    else this.goAlone()
  }

  private goAlone(): void {
    this.part()
    this.own = this.world.alone.subscribe(this.runId, this.sink)
  }

  private part(): void {
    clearInterval(this.timer)
    this.channel?.send({ kind: 'leave' })
    this.channel?.close()
    this.channel = null
  }

  private heard(message: FromWorker): void {
    this.hasAnswered = true
    this.missed = 0
    switch (message.kind) {
      case 'events':
        this.upAt = this.world.now()
        for (const event of message.events) {
          this.sink.apply(event)
          if (event.kind === 'beat') this.compare(this.sink.agrees(event.beat))
        }
        this.keepPace()
        break
      case 'connection':
        this.show(message.connection)
        break
      case 'report':
        this.world.report(message.text)
        break
      case 'pong':
        if (!message.watching) this.watch()
        break
    }
  }

  private keepPace(): void {
    const ms = this.sink.restMs ?? 0
    if (ms === this.pace) return
    this.pace = ms
    this.channel?.send({ kind: 'pace', ms })
  }

  private show(connection: Connection): void {
    // A new worker has nothing yet; this tab has.
    if (connection.state === 'connecting' && this.sink.status !== null)
      this.sink.connection({ state: 'reconnecting', asOf: this.upAt, retryAt: null })
    else this.sink.connection(connection)
    if (connection.state === 'live') this.upAt = this.world.now()
    if (connection.state === 'refused' || (connection.state === 'ended' && !this.doubts)) this.part()
    // The answer to `again` is still to come, with another end.
    if (connection.state === 'ended') this.doubts = false
  }

  /** What the worker holds is compared there; here, whether all of it has come over. */
  private compare(agrees: boolean): void {
    if (!agrees && !this.doubts) {
      this.world.report('What this tab held was not what the worker has. It is told everything again.')
      this.channel?.send({ kind: 'again' })
    }
    this.doubts = !agrees
  }
}
