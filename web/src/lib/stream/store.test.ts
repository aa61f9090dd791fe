import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { feed } from '../../test/data'
import { JOB_STATUSES, type JobStatus, NO_JOBS } from '../statuses'
import { FLUSH_MS, RunStore } from './store'

const job = (external_id: string, status: JobStatus) => ({ external_id, title: `Job ${external_id}`, status })

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('RunStore', () => {
  it('tells listeners once for all that came within 100 ms', () => {
    const store = new RunStore()
    const listener = vi.fn()
    store.subscribe(listener)
    feed(store, 'status', 'ingesting')
    feed(store, 'all_jobs', { acme: [job('1', 'pending')] }, '1')
    feed(store, 'update', { acme: { 1: 'ready' } }, '2')
    expect(listener).not.toHaveBeenCalled()
    vi.advanceTimersByTime(FLUSH_MS)
    expect(listener).toHaveBeenCalledTimes(1)
    expect(store.getSnapshot()).toMatchObject({ status: 'ingesting', cursor: '2', total: 1 })
  })

  it('waits longer where drawing takes long, up to a limit, and not longer than before where it no longer does', async () => {
    const store = new RunStore()
    let takesMs = 0
    // What is drawn is drawn in a microtask that the listener starts, as React does it.
    const listener = vi.fn(() => queueMicrotask(() => vi.setSystemTime(Date.now() + takesMs)))
    vi.spyOn(performance, 'now').mockImplementation(() => Date.now())
    store.subscribe(listener)
    const waits = async (ms: number) => {
      listener.mockClear()
      feed(store, 'update', { acme: { 1: 'ready' } })
      vi.advanceTimersByTime(ms - 1)
      expect(listener).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(listener).toHaveBeenCalledTimes(1)
      await Promise.resolve()
      await Promise.resolve()
    }
    takesMs = 30
    await waits(FLUSH_MS)
    expect(store.restMs).toBe(0)
    takesMs = 4000 // counts as 60
    await waits(14 * 10)
    expect(store.restMs).toBe(250)
    await waits(500) // with the clock
    await waits(500)
    takesMs = 0
    await waits(500)
    await waits(500)
    await waits(500)
    expect(store.restMs).toBe(0)
    for (let flushes = 0; flushes < 5; flushes += 1) {
      feed(store, 'update', { acme: { 1: 'ready' } })
      vi.advanceTimersToNextTimer()
      await Promise.resolve()
      await Promise.resolve()
    }
    await waits(FLUSH_MS)
  })

  it('shows the end at once', () => {
    const store = new RunStore()
    feed(store, 'status', 'aborted', '3')
    expect(store.getSnapshot().status).toBe('aborted')
  })

  it('shows at once that the line is lost, and that it is back', () => {
    const store = new RunStore()
    store.connection({ state: 'live' })
    expect(store.getSnapshot().connection.state).toBe('live')
    store.connection({ state: 'reconnecting', asOf: 1, retryAt: null })
    expect(store.getSnapshot().connection.state).toBe('reconnecting')
    store.connection({ state: 'reconnecting', asOf: 1, retryAt: 2 })
    expect(store.getSnapshot().connection).toMatchObject({ retryAt: null })
    vi.advanceTimersByTime(FLUSH_MS)
    expect(store.getSnapshot().connection).toMatchObject({ retryAt: 2 })
  })

  it('tells a row of its own job only', () => {
    const store = new RunStore()
    feed(store, 'all_jobs', { acme: [job('1', 'pending'), job('2', 'pending')] })
    store.flush()
    const heard = store.getSnapshot().jobs.map((held) => {
      const listener = vi.fn()
      store.subscribeJob(held, listener)
      return listener
    })
    feed(store, 'update', { acme: { 2: 'crawling' } })
    store.flush()
    expect(heard.map((listener) => listener.mock.calls.length)).toEqual([0, 1])
  })

  it('keeps the list of jobs while only statuses change', () => {
    const store = new RunStore()
    feed(store, 'all_jobs', { acme: [job('1', 'pending')] })
    store.flush()
    const before = store.getSnapshot()
    feed(store, 'update', { acme: { 1: 'ready' } })
    store.flush()
    expect(store.getSnapshot().jobs).toBe(before.jobs)
    expect(store.getSnapshot().statusesVersion).toBe(before.statusesVersion + 1)
    expect(before.counts.pending).toBe(1)
  })

  it('never changes a list that it has shown', () => {
    const store = new RunStore()
    feed(store, 'all_jobs', { acme: [job('1', 'pending')] })
    store.flush()
    const shown = store.getSnapshot().jobs
    feed(store, 'added', { acme: [job('2', 'pending'), job('1', 'ready')] })
    store.flush()
    expect(shown).toHaveLength(1)
    expect(store.getSnapshot().jobs.map(({ externalId, status }) => [externalId, status])).toEqual([
      ['1', 'ready'],
      ['2', 'pending'],
    ])
  })

  it('forgets a company that a new snapshot no longer has', () => {
    const store = new RunStore()
    feed(store, 'all_jobs', { acme: [job('1', 'pending')] })
    store.flush()
    const listener = vi.fn()
    store.subscribeCompany('acme', listener)
    feed(store, 'all_jobs', {})
    store.flush()
    expect(listener).toHaveBeenCalledTimes(1)
    expect(store.company('acme')).toBeNull()
    expect(store.getSnapshot()).toMatchObject({ total: 0, counts: NO_JOBS })
  })

  it('counts step by step what a count from scratch finds', () => {
    const store = new RunStore()
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * below)
    }
    const anyStatus = () => JOB_STATUSES[random(JOB_STATUSES.length)] ?? 'ready'
    const anyCompany = () => `c${random(3)}`
    for (let step = 0; step < 500; step += 1) {
      const kind = random(20)
      if (kind === 0)
        feed(store, 'all_jobs', { [anyCompany()]: [job('1', anyStatus()), job('2', anyStatus())] })
      else if (kind < 6) feed(store, 'added', { [anyCompany()]: [job(String(random(9)), anyStatus())] })
      else feed(store, 'update', { [anyCompany()]: { [random(9)]: anyStatus() } })
      if (random(4) > 0) continue
      store.flush()
      const { counts, jobs, total } = store.getSnapshot()
      const recount = { ...NO_JOBS }
      for (const held of jobs) recount[held.status] += 1
      expect(counts).toEqual(recount)
      expect(total).toBe(jobs.length)
      for (const company of ['c0', 'c1', 'c2']) {
        const ofCompany = { ...NO_JOBS }
        for (const held of jobs) if (held.company === company) ofCompany[held.status] += 1
        expect(store.company(company) ?? NO_JOBS).toEqual(ofCompany)
      }
    }
  })
})

describe('the log of a store', () => {
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => ({
      seq: from + index,
      at: '2026-01-02T03:04:05Z',
      level: 'info' as const,
      company: null,
      external_id: null,
      message: `Line ${from + index}`,
    }))

  it('keeps the newest thousand lines, each once, and says when earlier ones are gone', () => {
    const store = new RunStore()
    feed(store, 'log', lines(1, 990), '1')
    store.flush()
    expect(store.getSnapshot().log).toMatchObject({ lastSeq: 990, isCut: false })
    feed(store, 'log', lines(985, 1010), '2')
    store.addLog(lines(1008, 1012))
    store.flush()
    const { log } = store.getSnapshot()
    expect(log.isCut).toBe(true)
    expect(log.lines.map(({ seq }) => seq)).toEqual(lines(13, 1012).map(({ seq }) => seq))
  })
})
