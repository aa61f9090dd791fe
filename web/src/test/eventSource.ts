/** What a browser's `EventSource` does, by hand. */
export class HandEventSource
  extends EventTarget
  implements Pick<EventSource, 'CLOSED' | 'readyState' | 'close'>
{
  readonly CLOSED = 2 as const
  readyState: number = 0
  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
  }

  close(): void {
    this.readyState = 2
  }

  opens(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  sends(event: string, data: string, lastEventId = ''): void {
    this.dispatchEvent(new MessageEvent(event, { data, lastEventId }))
  }

  /** The line is cut; the browser goes on by itself unless it has given up. */
  breaks(givenUp: boolean): void {
    this.readyState = givenUp ? 2 : 0
    this.dispatchEvent(new Event('error'))
  }
}
