/** What the worker tells one tab: at once, or, to a tab that draws slowly, what has gathered for a while in one message. */

import type { Channel, FromTab, FromWorker } from './channel'

type Events = Extract<FromWorker, { kind: 'events' }>

export class PacedTab {
  private pace = 0
  private gathered: Events[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly channel: Channel<FromTab, FromWorker>

  constructor(channel: Channel<FromTab, FromWorker>) {
    this.channel = channel
  }

  /** Tell of changes every so many ms; 0: at once. */
  setPace(ms: number): void {
    this.pace = ms
    if (ms === 0) this.tell()
  }

  /** All is told in the order in which it was given here. */
  send(message: FromWorker): void {
    if (this.pace > 0 && message.kind === 'events' && !isPiece(message)) {
      this.gathered.push(message)
      this.timer ??= setTimeout(() => this.tell(), this.pace)
      return
    }
    this.tell()
    this.channel.send(message)
  }

  /** Forget what has not been told. */
  clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.gathered = []
  }

  private tell(): void {
    const events = this.gathered.flatMap((message) => message.events)
    this.clear()
    if (events.length > 0) this.channel.send({ kind: 'events', events })
  }
}

/** Large enough as it is. */
const isPiece = ({ events }: Events): boolean =>
  events.some(({ kind }) => kind === 'all_jobs' || kind === 'added')
