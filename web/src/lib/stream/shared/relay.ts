/**
 * One run, in the worker that all tabs share: one stream, one view, and the tabs that watch it.
 *
 * After a worker has died the next one goes on from where its tabs are (`from`). What they hold it does not have then: it
 * can tell of what has changed since, and no more.
 */

import type { Connection, RunStream, StreamSink, Subscription } from '../client'
import type { Beat, StreamEvent } from '../events'
import { agrees, emptyRunView, foldEvent } from '../fold'
import { snapshotOf } from '../snapshot'
import type { FromWorker } from './channel'
import { Past } from './past'

export type Member = (message: FromWorker) => void

export class Relay implements StreamSink {
  private view = emptyRunView()
  private readonly members = new Set<Member>()
  /** Folded, and not told yet. */
  private news: StreamEvent[] = []
  private current: Connection = { state: 'connecting' }
  private readonly past: Past
  /** The view holds the run, and not only what has changed since `from`. */
  private isWhole: boolean
  private readonly subscription: Subscription
  readonly runId: number

  /** @param from the cursor that its first tab is at, or "" */
  constructor(stream: RunStream, runId: number, from: string) {
    this.runId = runId
    this.view.cursor = from
    this.past = new Past(from)
    this.isWhole = from === ''
    this.subscription = stream.subscribe(runId, this)
  }

  /** The server has said no. Whoever comes later may have signed in meanwhile. */
  get isRefused(): boolean {
    return this.current.state === 'refused'
  }

  get isWatched(): boolean {
    return this.members.size > 0
  }

  /** Whether it can take a tab at `cursor` to now. */
  serves(cursor: string): boolean {
    return this.isWhole || (cursor !== '' && this.past.since(cursor) !== null)
  }

  /** Tell `member` what it lacks at `cursor`, and from now on what happens. */
  join(member: Member, cursor: string): void {
    this.tell()
    this.members.add(member)
    const lacking = cursor === '' ? null : this.past.since(cursor)
    if (lacking === null) this.tellEverything(member)
    else if (lacking.length > 0) member({ kind: 'events', events: lacking })
    member({ kind: 'connection', connection: this.current })
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
    if (event.kind === 'all_jobs' && !this.isWhole) {
      this.view = { ...emptyRunView(), status: this.view.status, cursor: this.view.cursor }
      this.isWhole = true
    }
    foldEvent(this.view, event)
    this.past.add(event)
    // A group is applied in one go: it goes over as one message.
    if (this.news.length === 0) queueMicrotask(() => this.tell())
    this.news.push(event)
  }

  rewind(): void {
    this.view.cursor = ''
  }

  agrees(beat: Beat): boolean {
    return !this.isWhole || agrees(this.view, beat)
  }

  connection(connection: Connection): void {
    this.tell()
    this.current = connection
    for (const member of this.members) member({ kind: 'connection', connection })
  }

  /** A message a piece: a tab can do something else in between. */
  private tellEverything(member: Member): void {
    for (const event of snapshotOf(this.view)) member({ kind: 'events', events: [event] })
  }

  private tell(): void {
    if (this.news.length === 0) return
    const events = this.news
    this.news = []
    for (const member of this.members) member({ kind: 'events', events })
  }
}
