import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { everySecond, onceWithTheClock } from './clock'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('calls all in one go, whenever they came', () => {
  const called: string[] = []
  const stop = [everySecond(() => called.push('a'))]
  vi.advanceTimersByTime(600)
  stop.push(everySecond(() => called.push('b')))
  vi.advanceTimersByTime(399)
  expect(called).toEqual([])
  vi.advanceTimersByTime(1)
  expect(called).toEqual(['a', 'b'])
  for (const one of stop) one()
})

it('calls nobody who has left, and rests when all have', () => {
  const left = vi.fn()
  const stays = vi.fn()
  const leave = everySecond(left)
  const stop = everySecond(stays)
  leave()
  vi.advanceTimersByTime(1000)
  expect(left).not.toHaveBeenCalled()
  expect(stays).toHaveBeenCalledTimes(1)
  stop()
  expect(vi.getTimerCount()).toBe(0)
})

it('calls once who waits, in one go with the others, not before it is time', () => {
  const called: string[] = []
  const stop = everySecond(() => called.push('second'))
  onceWithTheClock(() => called.push('once'), 300)
  const leave = onceWithTheClock(() => called.push('left'), 300)
  onceWithTheClock(() => called.push('later'), 700)
  leave()
  vi.advanceTimersByTime(499)
  expect(called).toEqual([])
  vi.advanceTimersByTime(1)
  expect(called).toEqual(['once'])
  vi.advanceTimersByTime(500)
  expect(called).toEqual(['once', 'later', 'second'])
  stop()
  expect(vi.getTimerCount()).toBe(0)
  onceWithTheClock(() => called.push('alone'), 0)
  vi.advanceTimersByTime(2000)
  expect(called.at(-1)).toBe('alone')
  expect(vi.getTimerCount()).toBe(0)
})
