import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HandEventSource } from '../../test/eventSource'
import { eventSourceStream, reconnectDelay } from './client'
import { SILENCE_MS } from './machine'
import type { Verdict } from './modes'
import { RunStore } from './store'
import { Tickets } from './tickets'

const FIRST = '/api/ingestion/progress/17?extras=added%2Ccompanies%2Clog%2Cbeat%2Crotate&token='
const beat = (version: number, jobs = 0, digest = '00000000') =>
  JSON.stringify({ at: 1, version, jobs, digest })

async function setUp(verdict: Verdict = { kind: 'running' }) {
  const sources: HandEventSource[] = []
  const ask = vi.fn(async () => verdict)
  const report = vi.fn()
  let tickets = 0
  const issue = vi.fn(async () => {
    tickets += 1
    return { token: `t${tickets}`, expiresAt: Date.now() + 900_000 }
  })
  const stream = eventSourceStream({
    open: (url) => {
      const source = new HandEventSource(url)
      sources.push(source)
      return source as unknown as EventSource
    },
    tickets: new Tickets(issue, Date.now),
    ask,
    random: () => 1,
    now: Date.now,
    report,
  })
  const store = new RunStore()
  const subscription = stream.subscribe(17, store)
  await vi.advanceTimersByTimeAsync(0)
  const newest = () => {
    const source = sources.at(-1)
    if (!source) throw new Error('Nothing was opened.')
    return source
  }
  const shown = () => {
    store.flush()
    return store.getSnapshot()
  }
  return { sources, ask, issue, report, store, subscription, newest, shown }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the stream of a run', () => {
  it('opens with a ticket, all extras and no cursor', async () => {
    const { newest, shown } = await setUp()
    expect(newest().url).toBe(`${FIRST}t1`)
    expect(shown().connection).toEqual({ state: 'connecting' })
    newest().opens()
    newest().sends('beat', beat(1))
    expect(shown().connection).toEqual({ state: 'live' })
  })

  it('closes on a terminal status, for good', async () => {
    const { newest, shown, sources } = await setUp()
    newest().opens()
    newest().sends('status', 'finished', '9.1')
    expect(newest().readyState).toBe(2)
    expect(shown().connection).toEqual({ state: 'ended' })
    vi.runAllTimers()
    expect(sources).toHaveLength(1)
  })

  it('takes an id that an event only has from the one before for none', async () => {
    const { newest, store, shown } = await setUp()
    newest().opens()
    newest().sends('all_jobs', '{"acme": [{"external_id": "1", "title": "A", "status": "pending"}]}', '4.1')
    newest().sends('update', '{"acme": {"1": "ready"}}', '4.1')
    expect(shown().counts.ready).toBe(0)
    newest().sends('log', '[]', '5.1')
    expect(shown().counts.ready).toBe(1)
    expect(store.cursor).toBe('5.1')
  })

  it('leaves a reconnect to the browser, and says since when it waits', async () => {
    const { newest, shown, ask, sources } = await setUp()
    newest().opens()
    newest().sends('beat', beat(1))
    const asOf = Date.now()
    await vi.advanceTimersByTimeAsync(4000)
    newest().breaks(false)
    expect(shown().connection).toEqual({ state: 'reconnecting', asOf, retryAt: null })
    newest().opens()
    newest().sends('beat', beat(1))
    expect(shown().connection).toEqual({ state: 'live' })
    expect(ask).not.toHaveBeenCalled()
    expect(sources).toHaveLength(1)
  })

  it('does it itself once the browser cannot reach the server, and says when', async () => {
    const { newest, shown, subscription, sources } = await setUp()
    newest().opens()
    newest().sends('all_jobs', '{}', '4.1')
    newest().breaks(false)
    newest().breaks(false)
    expect(newest().readyState).toBe(2)
    expect(shown().connection).toMatchObject({ state: 'reconnecting', retryAt: Date.now() + 500 })
    await vi.advanceTimersByTimeAsync(500)
    expect(newest().url).toBe(`${FIRST}t1&last_event_id=4.1`)
    newest().breaks(false)
    expect(sources).toHaveLength(2)
    subscription.hurry()
    await vi.advanceTimersByTimeAsync(0)
    expect(sources).toHaveLength(3)
  })

  it('goes on from its cursor, with another ticket, when the browser has given up', async () => {
    const { newest, sources } = await setUp()
    newest().opens()
    newest().sends('all_jobs', '{}', '4.1700000000000')
    newest().breaks(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(sources).toHaveLength(2)
    expect(newest().url).toBe(`${FIRST}t2&last_event_id=4.1700000000000`)
  })

  it('waits longer each time, also for a ticket', async () => {
    const { newest, issue, sources } = await setUp({ kind: 'unreachable' })
    newest().breaks(true)
    issue.mockRejectedValueOnce(new Error('Jobwire does not answer.'))
    await vi.advanceTimersByTimeAsync(500)
    expect(issue).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(599)
    expect(sources).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(sources).toHaveLength(2)
  })

  it('rotates without a gap, and with another ticket where that is the reason', async () => {
    const { newest, sources, shown } = await setUp()
    const old = newest()
    old.opens()
    old.sends('all_jobs', '{}', '4.1')
    old.sends('rotate', '{"in_ms": 2000, "reason": "token"}', '4.1')
    await vi.advanceTimersByTimeAsync(0)
    expect(sources).toHaveLength(2)
    expect(newest().url).toBe(`${FIRST}t2&last_event_id=4.1`)
    expect(old.readyState).toBe(1)
    old.sends('companies', '{"acme": {"status": "done", "jobs": 0, "reason": null}}', '5.1')
    expect(shown().companies.get('acme')?.status).toBe('done')
    newest().opens()
    newest().sends('beat', beat(5))
    expect(old.readyState).toBe(2)
    expect(shown().connection).toEqual({ state: 'live' })
    newest().sends('status', 'aborted', '6.1')
    expect(shown().status).toBe('aborted')
  })

  it('takes itself for cut off before 25 s without a beat', async () => {
    const { newest, sources, shown } = await setUp()
    newest().opens()
    newest().sends('beat', beat(1))
    const asOf = Date.now()
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1)
    expect(shown().connection.state).toBe('live')
    await vi.advanceTimersByTimeAsync(1)
    expect(shown().connection).toEqual({ state: 'reconnecting', asOf, retryAt: null })
    expect(sources.map(({ readyState }) => readyState)).toEqual([2, 0])
  })

  it('fetches everything anew, once, and reports it when a beat disagrees', async () => {
    const { newest, sources, report } = await setUp()
    newest().opens()
    newest().sends('all_jobs', '{}', '4.1')
    newest().sends('beat', beat(4, 1, '0000000a'), '4.1')
    await vi.advanceTimersByTimeAsync(0)
    expect(sources).toHaveLength(2)
    expect(newest().url).toBe(`${FIRST}t1`)
    expect(report).toHaveBeenCalledTimes(1)
    newest().sends('all_jobs', '{}', '4.1')
    newest().sends('beat', beat(4, 1, '0000000a'), '4.1')
    await vi.advanceTimersByTimeAsync(0)
    expect(sources).toHaveLength(2)
  })

  it('says why when the server refuses', async () => {
    const { newest, shown, sources } = await setUp({ kind: 'refused', reason: 'There is no run 17.' })
    newest().breaks(true)
    await vi.runAllTimersAsync()
    expect(shown().connection).toEqual({ state: 'refused', reason: 'There is no run 17.' })
    expect(sources).toHaveLength(1)
  })

  it('asks for everything when it missed the end', async () => {
    const { newest } = await setUp({ kind: 'ended' })
    newest().sends('all_jobs', '{}', '4')
    newest().breaks(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(newest().url).toBe(`${FIRST}t2`)
  })

  it('stops at what it cannot understand', async () => {
    const { newest, shown } = await setUp()
    newest().sends('update', 'nonsense')
    expect(shown().connection.state).toBe('refused')
    expect(newest().readyState).toBe(2)
  })

  it('does nothing more once it is stopped', async () => {
    const { newest, subscription, sources } = await setUp()
    subscription.stop()
    newest().breaks(true)
    await vi.runAllTimersAsync()
    expect(sources).toHaveLength(1)
  })
})

describe('Tickets', () => {
  it('serve until a minute before their end', async () => {
    const issue = vi.fn(async () => ({ token: 'a', expiresAt: Date.now() + 900_000 }))
    const tickets = new Tickets(issue, Date.now)
    await tickets.get(17)
    vi.setSystemTime(Date.now() + 840_000)
    await tickets.get(17)
    expect(issue).toHaveBeenCalledTimes(1)
    vi.setSystemTime(Date.now() + 1)
    await tickets.get(17)
    await tickets.get(18)
    expect(issue.mock.calls).toEqual([[17], [17], [18]])
  })
})

describe('reconnectDelay', () => {
  it('is a second at most for ten seconds, then doubles up to 15 s; with jitter over its upper half', () => {
    expect(reconnectDelay(0, 0)).toBe(250)
    expect(reconnectDelay(0, 1)).toBe(500)
    expect(reconnectDelay(1, 1)).toBe(600)
    expect(reconnectDelay(20, 0)).toBe(300)
    expect(reconnectDelay(21, 1)).toBe(1200)
    expect(reconnectDelay(24, 1)).toBe(9600)
    expect(reconnectDelay(50, 1)).toBe(15_000)
  })
})
