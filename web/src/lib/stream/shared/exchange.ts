/** The worker's side: who watches what. A run's stream is there while a tab watches it. */

import type { RunStream } from '../client'
import type { Channel, FromTab, FromWorker } from './channel'
import { PacedTab } from './pacedTab'
import { type Member, Relay } from './relay'

/** A tab asks for a sign of life every few seconds; in the background browsers let it do so once a minute. */
export const LEASE_MS = 150_000

interface Seat {
  readonly channel: Channel<FromTab, FromWorker>
  readonly tab: PacedTab
  readonly member: Member
  relay: Relay | null
  /** What it has asked for, until it is known whether it may see that. */
  wish: symbol | null
  heardAt: number
}

export class Exchange {
  private readonly relays = new Set<Relay>()
  private readonly seats = new Set<Seat>()
  private readonly stream: RunStream
  private readonly refuse: (runId: number) => Promise<string | null>
  private readonly now: () => number

  /**
   * @param refuse why whoever is signed in now may not see a run, or null
   * @param now the time in ms
   */
  constructor(stream: RunStream, refuse: (runId: number) => Promise<string | null>, now: () => number) {
    this.stream = stream
    this.refuse = refuse
    this.now = now
  }

  /** A tab has come. */
  welcome(channel: Channel<FromTab, FromWorker>): void {
    const tab = new PacedTab(channel)
    const member: Member = (message) => tab.send(message)
    const seat: Seat = { channel, tab, member, relay: null, wish: null, heardAt: this.now() }
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
        this.tellAgain(seat)
        break
      case 'hurry':
        seat.relay?.hurry()
        break
      case 'ping':
        seat.member({ kind: 'pong', watching: seat.relay !== null || seat.wish !== null })
        break
      case 'pace':
        seat.tab.setPace(message.ms)
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
    // A new stream is asked for a ticket. One that is there may have been opened by somebody who has signed out since.
    if (this.of(runId).length > 0) void this.joinIfAllowed(seat, runId, cursor)
    else this.join(seat, runId, cursor)
  }

  private async joinIfAllowed(seat: Seat, runId: number, cursor: string): Promise<void> {
    const wish = Symbol(runId)
    seat.wish = wish
    const reason = await this.refuse(runId)
    if (seat.wish !== wish) return
    if (reason === null) this.join(seat, runId, cursor)
    else seat.member({ kind: 'connection', connection: { state: 'refused', reason } })
  }

  /** A relay that goes on from where some tabs were cannot serve one that lacks more: there is another one then. */
  private join(seat: Seat, runId: number, cursor: string): void {
    seat.wish = null
    seat.relay = this.of(runId).find((relay) => relay.serves(cursor)) ?? this.start(runId, cursor)
    seat.relay.join(seat.member, cursor)
  }

  private start(runId: number, cursor: string): Relay {
    const relay = new Relay(this.stream, runId, cursor)
    this.relays.add(relay)
    return relay
  }

  private of(runId: number): Relay[] {
    return [...this.relays].filter((relay) => relay.runId === runId && !relay.isRefused)
  }

  /** Tell a tab everything. */
  private tellAgain(seat: Seat): void {
    const { relay } = seat
    if (relay === null) return
    if (!relay.serves('')) this.release(seat)
    this.join(seat, relay.runId, '')
  }

  private release(seat: Seat): void {
    const { relay } = seat
    seat.tab.clear()
    seat.wish = null
    if (relay === null) return
    seat.relay = null
    relay.leave(seat.member)
    if (relay.isWatched) return
    relay.stop()
    this.relays.delete(relay)
  }
}
