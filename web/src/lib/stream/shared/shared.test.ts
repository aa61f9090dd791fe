import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { feed } from '../../../test/data'
import type { Connection, RunStream, StreamSink } from '../client'
import { digest, emptyRunView, foldEvent } from '../fold'
import { PIECE, snapshotOf } from '../snapshot'
import { RunStore } from '../store'
import { type Condition, whileWanted } from '../whileWanted'
import type { Channel, FromTab, FromWorker } from './channel'
import { Exchange, LEASE_MS } from './exchange'
import { Relay } from './relay'
import { MISSED_AT_START, MISSED_AT_WORK, PING_MS, sharedRunStream } from './tab'

const live: Connection = { state: 'live' }
const jobs = (...statuses: string[]) => ({
  acme: statuses.map((status, index) => ({ external_id: String(index), title: `Job ${index}`, status })),
})

/** Both ends of a port; nothing passes once `isDead()`. */
function ports(isDead: () => boolean): [Channel<FromTab, FromWorker>, Channel<FromWorker, FromTab>] {
  const toTab: ((message: FromWorker) => void)[] = []
  const toWorker: ((message: FromTab) => void)[] = []
  let closed = false
  const close = () => {
    closed = true
  }
  const passes = () => !closed && !isDead()
  return [
    {
      send: (message) => {
        if (passes()) for (const listener of toTab) listener(structuredClone(message))
      },
      listen: (listener) => void toWorker.push(listener),
      close,
    },
    {
      send: (message) => {
        if (passes()) for (const listener of toWorker) listener(structuredClone(message))
      },
      listen: (listener) => void toTab.push(listener),
      close,
    },
  ]
}

/** A stream in the test's hand, which says what is subscribed to it. */
class Lines implements RunStream {
  readonly sinks: StreamSink[] = []
  readonly stopped: StreamSink[] = []
  hurried = 0

  subscribe(_runId: number, sink: StreamSink) {
    this.sinks.push(sink)
    return {
      stop: () => void this.stopped.push(sink),
      hurry: () => {
        this.hurried += 1
      },
    }
  }

  get newest(): StreamSink {
    const sink = this.sinks.at(-1)
    if (!sink) throw new Error('Nobody listens.')
    return sink
  }
}

function setUp() {
  const lines = new Lines()
  const alone = new Lines()
  const report = vi.fn()
  const refuse = vi.fn(async (): Promise<string | null> => null)
  const workers: { exchange: Exchange; dead: boolean }[] = []
  const startWorker = () => {
    const worker = { exchange: new Exchange(lines, refuse, Date.now), dead: false }
    workers.push(worker)
    return worker
  }
  const errors: (() => void)[] = []
  const join = vi.fn(() => {
    const newest = workers.at(-1)
    const worker = newest && !newest.dead ? newest : startWorker()
    const [inside, outside] = ports(() => worker.dead)
    worker.exchange.welcome(inside)
    return { channel: outside, onError: (listener: () => void) => void errors.push(listener) }
  })
  const stream = sharedRunStream({ join, alone, now: Date.now, report })
  const tab = (runId = 17, store = new RunStore()) => {
    const subscription = stream.subscribe(runId, store)
    const shown = () => {
      store.flush()
      return store.getSnapshot()
    }
    return { store, subscription, shown }
  }
  return { lines, alone, report, refuse, workers, join, errors, tab }
}

beforeEach(() => {
  vi.useFakeTimers({
    now: 1_700_000_000_000,
    toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'],
  })
})
afterEach(() => {
  vi.useRealTimers()
})

/** All that promises bring about has happened. */
const settled = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

describe('the shared stream', () => {
  it('is one for all tabs of a run, and ends with the last of them', async () => {
    const { lines, tab } = setUp()
    const tabs = [tab(), tab(), tab()]
    tab(18)
    await settled()
    expect(lines.sinks).toHaveLength(2)
    const [sink] = lines.sinks
    if (!sink) throw new Error('Nobody listens.')
    feed(sink, 'status', 'ingesting')
    feed(sink, 'all_jobs', jobs('pending', 'ready'), '4.1')
    sink.connection(live)
    const late = tab()
    await settled()
    for (const { shown } of [...tabs, late])
      expect(shown()).toMatchObject({ cursor: '4.1', status: 'ingesting', total: 2, connection: live })
    expect(lines.sinks).toHaveLength(2)
    for (const { subscription } of tabs) subscription.stop()
    expect(lines.stopped).toEqual([])
    late.subscription.stop()
    expect(lines.stopped).toEqual([sink])
  })

  it('tells a tab that comes back what it lacks, and one that lacks nothing no more', async () => {
    const { lines, tab } = setUp()
    const first = tab()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending'), '4.1')
    const second = tab()
    await settled()
    const held = second.shown().jobs
    tab().subscription.stop()
    await settled()
    expect(second.shown().jobs).toBe(held)
    feed(lines.newest, 'update', { acme: { 0: 'ready' } }, '5.1')
    await settled()
    expect(first.shown().counts.ready).toBe(1)
    expect(second.shown().jobs).toBe(held)
  })

  it('is started anew when the worker is dead, and a tab keeps what it has meanwhile', async () => {
    const { lines, workers, tab } = setUp()
    const { shown } = tab()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending'), '4.1')
    lines.newest.connection(live)
    await settled()
    for (const worker of workers) worker.dead = true
    vi.advanceTimersByTime((MISSED_AT_WORK + 1) * PING_MS)
    expect(workers).toHaveLength(2)
    expect(shown()).toMatchObject({
      total: 1,
      connection: { state: 'reconnecting', asOf: 1_700_000_000_000 },
    })
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('ready', 'ready'), '6.1')
    lines.newest.connection(live)
    await settled()
    expect(shown()).toMatchObject({ cursor: '6.1', total: 2, connection: live })
  })

  it('goes on from where its tabs are when the worker is dead, and has another stream for who needs everything', async () => {
    const { lines, workers, tab } = setUp()
    const early = tab()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending', 'pending'), '4.1')
    const late = tab()
    await settled()
    const held = [early, late].map(({ shown }) => shown().jobs)
    for (const worker of workers) worker.dead = true
    vi.advanceTimersByTime((MISSED_AT_WORK + 1) * PING_MS)
    await settled()
    expect(lines.newest.cursor).toBe('4.1')
    expect(lines.sinks).toHaveLength(2)
    feed(lines.newest, 'update', { acme: { 0: 'ready' } }, '5.1')
    await settled()
    expect([early, late].map(({ shown }) => shown().counts.ready)).toEqual([1, 1])
    expect([early, late].map(({ shown }) => shown().jobs)).toEqual(held)
    expect(early.shown().jobs).toBe(held[0])

    const going = lines.newest
    const fresh = tab()
    await settled()
    expect([lines.sinks.length, lines.stopped.length, lines.newest.cursor]).toEqual([3, 0, ''])
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('ready', 'pending'), '5.1')
    const another = tab()
    await settled()
    expect(lines.sinks).toHaveLength(3)
    feed(lines.newest, 'update', { acme: { 1: 'ready' } }, '6.1')
    feed(going, 'update', { acme: { 1: 'ready' } }, '6.1')
    await settled()
    for (const { shown } of [early, late, fresh, another])
      expect(shown()).toMatchObject({ cursor: '6.1', counts: { ready: 2 } })
    expect(early.shown().jobs).toBe(held[0])
    for (const { subscription } of [early, late]) subscription.stop()
    expect(lines.stopped).toEqual([going])
  })

  it('tells a tab that notices later what has happened since, and no more', async () => {
    const { lines, workers, tab } = setUp()
    const early = tab()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending', 'pending'), '4.1')
    await settled()
    for (const worker of workers) worker.dead = true
    vi.advanceTimersByTime((MISSED_AT_WORK + 1) * PING_MS)
    feed(lines.newest, 'update', { acme: { 0: 'ready' } }, '5.1')
    feed(lines.newest, 'update', { acme: { 1: 'error' } }, '6.1')
    await settled()
    // Another tab that held the same joins the new worker when that has gone on already.
    const store = new RunStore()
    feed(store, 'status', 'ingesting')
    feed(store, 'all_jobs', jobs('pending', 'pending'), '4.1')
    store.flush()
    const before = store.getSnapshot().jobs
    tab(17, store)
    await settled()
    store.flush()
    expect(store.getSnapshot()).toMatchObject({ cursor: '6.1', counts: { ready: 1, error: 1 } })
    expect(store.getSnapshot().jobs).toBe(before)
    expect(early.shown().counts).toMatchObject({ ready: 1, error: 1 })
    expect(lines.stopped).toHaveLength(0)
  })

  it('is fetched anew where what a tab holds is wrong, and the worker does not have it', async () => {
    const { lines, workers, tab, report } = setUp()
    const { store, shown } = tab()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending'), '4.1')
    await settled()
    for (const worker of workers) worker.dead = true
    vi.advanceTimersByTime((MISSED_AT_WORK + 1) * PING_MS)
    feed(store, 'update', { acme: { 0: 'error' } })
    expect(lines.newest.agrees({ at: 1, version: 4, jobs: 1, digest: '00000000' })).toBe(true)
    feed(lines.newest, 'beat', { at: 1, version: 4, jobs: 1, digest: '00000000' })
    await settled()
    expect(report).toHaveBeenCalledTimes(1)
    expect(lines.newest.cursor).toBe('')
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending'), '4.1')
    await settled()
    expect(shown().counts).toMatchObject({ pending: 1, error: 0 })
  })

  it('is done without where no worker answers, or none can be loaded', () => {
    const { alone, join, workers, errors, tab } = setUp()
    tab()
    for (const worker of workers) worker.dead = true
    join.mockImplementation(() => ({ channel: ports(() => true)[1], onError: () => undefined }))
    vi.advanceTimersByTime((MISSED_AT_WORK + MISSED_AT_START) * PING_MS)
    expect(alone.sinks).toHaveLength(0)
    vi.advanceTimersByTime(PING_MS)
    expect(alone.sinks).toHaveLength(1)
    join.mockImplementation(() => ({
      channel: ports(() => true)[1],
      onError: (listener) => void errors.push(listener),
    }))
    const { subscription } = tab()
    errors.at(-1)?.()
    expect(alone.sinks).toHaveLength(2)
    subscription.hurry()
    expect(alone.hurried).toBe(1)
    vi.advanceTimersByTime(10 * PING_MS)
    expect(alone.sinks).toHaveLength(2)
  })

  it('lets tabs go that say nothing any more, and takes them back', () => {
    const { lines, workers, tab } = setUp()
    tab()
    vi.setSystemTime(Date.now() + LEASE_MS + 1)
    workers[0]?.exchange.sweep()
    expect(lines.stopped).toHaveLength(1)
    vi.advanceTimersByTime(PING_MS)
    expect(lines.sinks).toHaveLength(2)
  })

  it('is asked for everything when a beat disagrees with what the tab holds', async () => {
    const { lines, report, tab } = setUp()
    const { store, shown } = tab()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending'), '4.1')
    await settled()
    feed(store, 'update', { acme: { 0: 'error' } })
    feed(lines.newest, 'beat', { at: 1, version: 4, jobs: 1, digest: '00000000' })
    await settled()
    expect(report).toHaveBeenCalledTimes(1)
    expect(shown().counts).toMatchObject({ pending: 1, error: 0 })
  })

  it('is asked for again by whoever comes after a refusal', () => {
    const { lines, tab } = setUp()
    const { shown } = tab()
    lines.newest.connection({ state: 'refused', reason: 'Sign in.' })
    expect(shown().connection).toEqual({ state: 'refused', reason: 'Sign in.' })
    tab()
    expect(lines.sinks).toHaveLength(2)
  })

  it('gathers for a tab that draws slowly what others are told at once', async () => {
    const { lines, tab } = setUp()
    const quick = tab()
    const slow = new RunStore()
    const rest = vi.spyOn(slow, 'restMs', 'get').mockReturnValue(250)
    const taken = vi.spyOn(slow, 'apply')
    tab(17, slow)
    await settled()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending', 'pending', 'pending'), '4.1')
    await settled()
    expect(slow.cursor).toBe('4.1')
    feed(lines.newest, 'update', { acme: { 0: 'ready' } }, '5.1')
    await settled()
    feed(lines.newest, 'update', { acme: { 1: 'error' } }, '6.1')
    await settled()
    expect([quick.store.cursor, slow.cursor]).toEqual(['6.1', '4.1'])
    taken.mockClear()
    vi.advanceTimersByTime(250)
    expect(taken.mock.calls.map(([event]) => event.id)).toEqual(['5.1', '6.1'])
    // What else there is to say comes after it, and not later.
    feed(lines.newest, 'update', { acme: { 2: 'ready' } }, '7.1')
    lines.newest.connection({ state: 'ended' })
    await settled()
    expect(slow.cursor).toBe('7.1')
    rest.mockReturnValue(0)
  })

  it('tells a tab at once again that draws quickly again', async () => {
    const { lines, tab } = setUp()
    const slow = new RunStore()
    const rest = vi.spyOn(slow, 'restMs', 'get').mockReturnValue(250)
    tab(17, slow)
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending', 'pending'), '4.1')
    await settled()
    rest.mockReturnValue(0)
    feed(lines.newest, 'update', { acme: { 0: 'ready' } }, '5.1')
    await settled()
    vi.advanceTimersByTime(250)
    feed(lines.newest, 'update', { acme: { 1: 'ready' } }, '6.1')
    await settled()
    expect(slow.cursor).toBe('6.1')
  })

  it('is not shown to whoever may not see it, though somebody else in this browser did', async () => {
    const { lines, refuse, tab } = setUp()
    tab()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('pending'), '4.1')
    refuse.mockResolvedValueOnce('There is no run 17.')
    const { shown } = tab()
    await settled()
    expect(shown()).toMatchObject({
      total: 0,
      connection: { state: 'refused', reason: 'There is no run 17.' },
    })
  })

  it('hurries for any tab', () => {
    const { lines, tab } = setUp()
    tab().subscription.hurry()
    expect(lines.hurried).toBe(1)
  })
})

describe('a relay', () => {
  function relayOf(from: string) {
    const lines = new Lines()
    const relay = new Relay(lines, 17, from)
    const joined = (cursor: string) => {
      const store = new RunStore()
      relay.join((message) => {
        if (message.kind === 'events') for (const event of message.events) store.apply(event)
      }, cursor)
      return store
    }
    return { relay, lines, joined }
  }

  it('tells everything to who joins while the snapshot of an ended run comes in pieces', async () => {
    const { lines, joined } = relayOf('')
    const early = joined('')
    const [piece, next] = [jobs('ready'), { beta: jobs('ready').acme }]
    feed(lines.newest, 'all_jobs', piece, '0')
    await settled()
    const late = joined('')
    feed(lines.newest, 'added', next)
    feed(lines.newest, 'status', 'finished', '6.1')
    await settled()
    for (const store of [early, late])
      expect(store.getSnapshot()).toMatchObject({ status: 'finished', total: 2, cursor: '6.1' })
  })

  it('that went on from a cursor becomes whole with a snapshot, the log included', async () => {
    const { relay, lines, joined } = relayOf('5.1')
    joined('5.1')
    const line = (seq: number) => ({
      seq,
      at: '',
      level: 'info',
      company: null,
      external_id: null,
      message: '',
    })
    feed(lines.newest, 'log', [line(10)], '6.1')
    expect([relay.serves('5.1'), relay.serves('6.1'), relay.serves('4.1'), relay.serves('')]).toEqual([
      true,
      true,
      false,
      false,
    ])
    lines.newest.rewind()
    feed(lines.newest, 'status', 'ingesting')
    feed(lines.newest, 'all_jobs', jobs('ready'))
    feed(lines.newest, 'log', [line(9), line(10)], '7.1')
    await settled()
    expect(relay.serves('')).toBe(true)
    const store = joined('')
    store.flush()
    expect(store.getSnapshot()).toMatchObject({ status: 'ingesting', total: 1 })
    expect(store.getSnapshot().log.lines.map(({ seq }) => seq)).toEqual([9, 10])
  })
})

describe('a snapshot of a view', () => {
  it('is told in pieces, and leads to the same view', () => {
    const store = emptyRunView()
    const many = Array.from({ length: PIECE + 1 }, (_, index) => ({
      externalId: String(index),
      title: 'A',
      status: 'ready' as const,
    }))
    const all: [string, typeof many][] = [
      ['none', []],
      ['acme', many],
      ['other', many],
      ['last', []],
    ]
    foldEvent(store, { kind: 'all_jobs', jobs: all, id: '' })
    foldEvent(store, { kind: 'status', status: 'ingesting', id: '7.1' })
    const events = snapshotOf(store)
    for (const event of events)
      if (event.kind === 'all_jobs' || event.kind === 'added')
        expect(event.jobs.reduce((sum, [, held]) => sum + held.length, 0)).toBeLessThanOrEqual(PIECE)
    const view = emptyRunView()
    for (const event of events.slice(0, -1)) foldEvent(view, event)
    expect(view.cursor).toBe('')
    for (const event of events.slice(-1)) foldEvent(view, event)
    expect(view.cursor).toBe('7.1')
    expect([view.size, digest(view)]).toEqual([store.size, digest(store)])
    expect([...view.jobs.keys()]).toEqual([...store.jobs.keys()])
  })
})

describe('whileWanted', () => {
  it('closes the stream, and opens it again', () => {
    const lines = new Lines()
    let wanted = false
    let changed = () => {}
    const condition: Condition = {
      holds: () => wanted,
      listen: (listener) => {
        changed = listener
        return () => undefined
      },
    }
    const subscription = whileWanted(lines, condition).subscribe(17, new RunStore())
    expect(lines.sinks).toHaveLength(0)
    wanted = true
    changed()
    changed()
    expect(lines.sinks).toHaveLength(1)
    wanted = false
    changed()
    expect(lines.stopped).toHaveLength(1)
    wanted = true
    changed()
    subscription.stop()
    expect([lines.sinks.length, lines.stopped.length]).toEqual([2, 2])
  })
})
