/** One run, in the worker that all tabs share: one stream, one view, and the tabs that watch it. */

import type { Connection, RunStream, StreamSink, Subscription } from '../client'
import type { Beat, StreamEvent } from '../events'
import { agrees, emptyRunView, foldEvent } from '../fold'
import { snapshotOf } from '../snapshot'
import type { FromWorker } from './channel'

export type Member = (message: FromWorker) => void

export class Relay implements StreamSink {
  private readonly view = emptyRunView()
  private readonly members = new Set<Member>()
  /** Folded, and not told yet. */
  private news: StreamEvent[] = []
  private current: Connection = { state: 'connecting' }
  private readonly subscription: Subscription

  constructor(stream: RunStream, runId: number) {
    this.subscription = stream.subscribe(runId, this)
  }

  /** The server has said no. Whoever comes later may have signed in meanwhile. */
  get isRefused(): boolean {
    return this.current.state === 'refused'
  }

  get isWatched(): boolean {
    return this.members.size > 0
  }

  /** Tell `member` what it lacks at `cursor`, and from now on what happens. */
  join(member: Member, cursor: string): void {
    this.tell()
    this.members.add(member)
    if (cursor === '' || cursor !== this.view.cursor) this.tellEverything(member)
    member({ kind: 'connection', connection: this.current })
  }

  /** A message a piece: a tab can do something else in between. */
  tellEverything(member: Member): void {
    this.tell()
    for (const event of snapshotOf(this.view)) member({ kind: 'events', events: [event] })
  }

  leave(member: Member): void {
    this.members.delete(member)
  }

  hurry(): void {
    this.subscription.hurry()
  }

  stop(): void {
    this.subscription.stop()
  }

  // What a stream needs (StreamSink) --------------------------------------------------------------------------------

  get cursor(): string {
    return this.view.cursor
  }

  get status(): StreamSink['status'] {
    return this.view.status
  }

  apply(event: StreamEvent): void {
    foldEvent(this.view, event)
    // A group is applied in one go: it goes over as one message.
    if (this.news.length === 0) queueMicrotask(() => this.tell())
    this.news.push(event)
  }

  rewind(): void {
    this.view.cursor = ''
  }

  agrees(beat: Beat): boolean {
    return agrees(this.view, beat)
  }

  connection(connection: Connection): void {
    this.tell()
    this.current = connection
    for (const member of this.members) member({ kind: 'connection', connection })
  }

  private tell(): void {
    if (this.news.length === 0) return
    const events = this.news
    this.news = []
    for (const member of this.members) member({ kind: 'events', events })
  }
}
