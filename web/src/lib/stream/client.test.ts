import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventSourceStream, reconnectDelay, type Verdict } from './client'
import { RunStore } from './store'

/** What a browser's `EventSource` does, by hand. */
class HandEventSource extends EventTarget implements Pick<EventSource, 'CLOSED' | 'readyState' | 'close'> {
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

function setUp(verdict: Verdict = { kind: 'running' }) {
  const sources: HandEventSource[] = []
  const ask = vi.fn(async () => verdict)
  const stream = eventSourceStream({
    open: (url) => {
      const source = new HandEventSource(url)
      sources.push(source)
      return source as unknown as EventSource
    },
    ask,
    random: () => 1,
  })
  const store = new RunStore()
  const stop = stream.subscribe(17, store)
  const newest = () => {
    const source = sources.at(-1)
    if (!source) throw new Error('Nothing was opened.')
    return source
  }
  const connection = () => {
    store.flush()
    return store.getSnapshot().connection
  }
  return { sources, ask, store, stop, newest, connection }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the stream of a run', () => {
  it('opens without a cursor and without a token', () => {
    const { newest, connection } = setUp()
    expect(newest().url).toBe('/api/ingestion/progress/17')
    expect(connection()).toEqual({ state: 'connecting' })
    newest().opens()
    expect(connection()).toEqual({ state: 'live' })
  })

  it('closes on a terminal status, for good', () => {
    const { newest, connection, sources } = setUp()
    newest().opens()
    newest().sends('status', 'finished', '9.1')
    expect(newest().readyState).toBe(2)
    expect(connection()).toEqual({ state: 'ended' })
    vi.runAllTimers()
    expect(sources).toHaveLength(1)
  })

  it('leaves a reconnect to the browser while the browser is at it', () => {
    const { newest, connection, ask, sources } = setUp()
    newest().opens()
    newest().breaks(false)
    expect(connection()).toEqual({ state: 'reconnecting' })
    newest().opens()
    expect(connection()).toEqual({ state: 'live' })
    expect(ask).not.toHaveBeenCalled()
    expect(sources).toHaveLength(1)
  })

  it('goes on from its cursor when the browser has given up', async () => {
    const { newest, sources } = setUp()
    newest().opens()
    newest().sends('all_jobs', '{}', '4.1700000000000')
    newest().breaks(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(sources).toHaveLength(2)
    expect(newest().url).toBe('/api/ingestion/progress/17?last_event_id=4.1700000000000')
  })

  it('waits longer each time', async () => {
    const { newest, sources } = setUp({ kind: 'unreachable' })
    newest().breaks(true)
    await vi.advanceTimersByTimeAsync(500)
    newest().breaks(true)
    await vi.advanceTimersByTimeAsync(999)
    expect(sources).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(sources).toHaveLength(3)
  })

  it('says why when the server refuses', async () => {
    const { newest, connection, sources } = setUp({ kind: 'refused', reason: 'There is no run 17.' })
    newest().breaks(true)
    await vi.runAllTimersAsync()
    expect(connection()).toEqual({ state: 'refused', reason: 'There is no run 17.' })
    expect(sources).toHaveLength(1)
  })

  it('asks for everything when it missed the end', async () => {
    const { newest } = setUp({ kind: 'ended' })
    newest().sends('all_jobs', '{}', '4')
    newest().breaks(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(newest().url).toBe('/api/ingestion/progress/17')
  })

  it('stops at what it cannot understand', () => {
    const { newest, connection } = setUp()
    newest().sends('update', 'nonsense')
    expect(connection().state).toBe('refused')
    expect(newest().readyState).toBe(2)
  })

  it('does nothing more once it is stopped', async () => {
    const { newest, stop, sources } = setUp()
    stop()
    newest().breaks(true)
    await vi.runAllTimersAsync()
    expect(sources).toHaveLength(1)
  })
})

describe('reconnectDelay', () => {
  it('doubles, with jitter over its upper half, up to 15 s', () => {
    expect(reconnectDelay(0, 0)).toBe(250)
    expect(reconnectDelay(0, 1)).toBe(500)
    expect(reconnectDelay(2, 1)).toBe(2000)
    expect(reconnectDelay(50, 1)).toBe(15_000)
  })
})
