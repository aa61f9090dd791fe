import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { RunStream } from './client'
import { AGAIN_MS, lateStream } from './lateStream'
import { RunStore } from './store'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const some = () => {
  const held = { stop: vi.fn(), hurry: vi.fn() }
  const stream: RunStream = { subscribe: vi.fn(() => held) }
  return { held, stream }
}

it('asks again for code that could not be fetched, and then brings the run', async () => {
  const { held, stream } = some()
  const load = vi
    .fn<() => Promise<RunStream>>()
    .mockRejectedValueOnce(new Error('offline'))
    .mockResolvedValue(stream)
  const sink = new RunStore()
  const subscription = lateStream(load).subscribe(7, sink)
  await vi.advanceTimersByTimeAsync(AGAIN_MS - 1)
  expect(stream.subscribe).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(stream.subscribe).toHaveBeenCalledExactlyOnceWith(7, sink)
  subscription.hurry()
  subscription.stop()
  expect(held.hurry).toHaveBeenCalledOnce()
  expect(held.stop).toHaveBeenCalledOnce()
})

it('brings nothing once it was stopped', async () => {
  const { stream } = some()
  lateStream(async () => stream)
    .subscribe(7, new RunStore())
    .stop()
  await vi.advanceTimersByTimeAsync(AGAIN_MS)
  expect(stream.subscribe).not.toHaveBeenCalled()
})
