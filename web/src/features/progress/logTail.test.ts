import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LogPage } from '../../lib/api/logs'
import { LogTail, RING_SIZE } from './logTail'

const line = (seq: number) => ({
  seq,
  at: '2026-01-02T03:04:05Z',
  level: 'info' as const,
  company: null,
  external_id: null,
  message: `Line ${seq}`,
})

/** A log with `count` lines, 1,000 a page. */
function setUp(count = 2) {
  const log = { count }
  const fetch = vi.fn(async (after: number): Promise<LogPage> => {
    const logs = Array.from({ length: Math.min(1000, log.count - after) }, (_, index) =>
      line(after + index + 1),
    )
    const last_seq = logs.at(-1)?.seq ?? after
    return { logs, last_seq, more: last_seq < log.count }
  })
  return { log, fetch, tail: new LogTail(fetch) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('LogTail', () => {
  it('asks every second for what is new', async () => {
    const { log, fetch, tail } = setUp(2)
    tail.start()
    await vi.advanceTimersByTimeAsync(0)
    log.count = 3
    await vi.advanceTimersByTimeAsync(1000)
    expect(fetch.mock.calls.map(([after]) => after)).toEqual([0, 2])
    expect(tail.getSnapshot().lines.map(({ seq }) => seq)).toEqual([1, 2, 3])
    tail.stop()
  })

  it('asks exactly once more, a second after the end', async () => {
    const { fetch, tail } = setUp()
    tail.start()
    await vi.advanceTimersByTimeAsync(0)
    fetch.mockClear()
    tail.end()
    tail.end()
    await vi.advanceTimersByTimeAsync(999)
    expect(fetch).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(tail.getSnapshot().complete).toBe(true)
  })

  it('keeps the newest thousand lines and says how many are gone', async () => {
    const { tail } = setUp(2500)
    tail.start()
    await vi.advanceTimersByTimeAsync(0)
    const { lines, dropped } = tail.getSnapshot()
    expect(lines).toHaveLength(RING_SIZE)
    expect(lines.at(-1)?.seq).toBe(2500)
    expect(dropped).toBe(1500)
    tail.stop()
  })

  it('goes on after a failure, and says so meanwhile', async () => {
    const { fetch, tail } = setUp()
    fetch.mockRejectedValueOnce(new Error('Jobwire does not answer.'))
    tail.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(tail.getSnapshot().problem).toBe('Jobwire does not answer.')
    await vi.advanceTimersByTimeAsync(1000)
    expect(tail.getSnapshot()).toMatchObject({ problem: null, lines: [{ seq: 1 }, { seq: 2 }] })
    tail.stop()
  })

  it('does nothing more once it is stopped', async () => {
    const { fetch, tail } = setUp()
    tail.start()
    tail.stop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})
