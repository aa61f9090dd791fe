/** The worker's side: who watches what. A run's stream is there while a tab watches it. */

import type { RunStream } from '../client'
import type { Channel, FromTab, FromWorker } from './channel'
import { type Member, Relay } from './relay'

/** A tab asks for a sign of life every few seconds; in the background browsers let it do so once a minute. */
export const LEASE_MS = 150_000

interface Seat {
  readonly channel: Channel<FromTab, FromWorker>
  readonly member: Member
  relay: Relay | null
  heardAt: number
}

export class Exchange {
  private readonly relays = new Map<number, Relay>()
  private readonly seats = new Set<Seat>()
  private readonly stream: RunStream
  private readonly now: () => number

  /** @param now the time in ms */
  constructor(stream: RunStream, now: () => number) {
    this.stream = stream
    this.now = now
  }

  /** A tab has come. */
  welcome(channel: Channel<FromTab, FromWorker>): void {
    const member: Member = (message) => channel.send(message)
    const seat: Seat = { channel, member, relay: null, heardAt: this.now() }
    this.seats.add(seat)
    channel.listen((message) => this.heard(seat, message))
  }

  /** For every tab's console. */
  report(text: string): void {
    for (const { member } of this.seats) member({ kind: 'report', text })
  }

  /** Tabs that crashed say nothing any more: let them go. Called now and then. */
  sweep(): void {
    for (const seat of this.seats) if (this.now() - seat.heardAt > LEASE_MS) this.release(seat)
  }

  private heard(seat: Seat, message: FromTab): void {
    seat.heardAt = this.now()
    switch (message.kind) {
      case 'watch':
        this.watch(seat, message.runId, message.cursor)
        break
      case 'again':
        seat.relay?.tellEverything(seat.member)
        break
      case 'hurry':
        seat.relay?.hurry()
        break
      case 'ping':
        seat.member({ kind: 'pong', watching: seat.relay !== null })
        break
      case 'leave':
        this.release(seat)
        this.seats.delete(seat)
        seat.channel.close()
        break
    }
  }

  private watch(seat: Seat, runId: number, cursor: string): void {
    this.release(seat)
    let relay = this.relays.get(runId)
    if (!relay || relay.isRefused) {
      relay = new Relay(this.stream, runId)
      this.relays.set(runId, relay)
    }
    seat.relay = relay
    relay.join(seat.member, cursor)
  }

  private release(seat: Seat): void {
    const { relay } = seat
    if (relay === null) return
    seat.relay = null
    relay.leave(seat.member)
    if (relay.isWatched) return
    relay.stop()
    for (const [runId, held] of this.relays) if (held === relay) this.relays.delete(runId)
  }
}
