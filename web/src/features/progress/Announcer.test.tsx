import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { RunStatus } from '../../lib/statuses'
import { Announcer } from './Announcer'

let show: (percent: number | null, failed?: number, status?: RunStatus, failedBoards?: number) => void
const said = () => screen.getByRole('status').textContent
const seconds = (count: number) => act(() => vi.advanceTimersByTime(count * 1000))

beforeEach(() => {
  vi.useFakeTimers()
  const page = render(<Announcer status="initializing" percent={null} failed={0} failedBoards={0} />)
  show = (percent, failed = 0, status = 'ingesting', failedBoards = 0) => {
    page.rerender(<Announcer status={status} percent={percent} failed={failed} failedBoards={failedBoards} />)
    seconds(0)
  }
})
afterEach(() => {
  vi.useRealTimers()
})

it('says nothing before there is anything, then where the run is', () => {
  seconds(60)
  expect(said()).toBe('')
  show(4)
  expect(said()).toBe('4 percent done.')
})

it('tells each ten percent, and none of it within ten seconds', () => {
  show(4)
  show(27)
  seconds(9)
  show(35)
  expect(said()).toBe('4 percent done.')
  seconds(1)
  expect(said()).toBe('35 percent done.')
  show(39)
  seconds(29)
  expect(said()).toBe('35 percent done.')
})

it('tells less than a step every thirty seconds, and nothing where nothing moves', () => {
  show(4)
  show(5)
  seconds(29)
  expect(said()).toBe('4 percent done.')
  seconds(1)
  expect(said()).toBe('5 percent done.')
  seconds(300)
  expect(said()).toBe('5 percent done.')
})

it('tells a failure at once, of many in a row one every ten seconds, and drops none', () => {
  show(4)
  seconds(10)
  show(4, 1)
  expect(said()).toBe('4 percent done, 1 job failed.')
  for (let failed = 2; failed < 9; failed += 1) {
    show(4, failed)
    seconds(1)
    expect(said()).toBe('4 percent done, 1 job failed.')
  }
  seconds(3)
  expect(said()).toBe('4 percent done, 8 jobs failed.')
})

it('tells of boards that fail, also while nobody knows how much there is to do', () => {
  show(null, 0, 'initializing', 1)
  expect(said()).toBe('1 board failed.')
  show(null, 1, 'error', 2)
  expect(said()).toBe('The run is over: error, 2 boards failed, 1 job failed.')
})

it('never drops the end, however soon it comes, and says no more after it', () => {
  show(95)
  show(99, 1)
  show(100, 2, 'finished')
  expect(said()).toBe('The run is over: finished, 2 jobs failed.')
  seconds(60)
  expect(said()).toBe('The run is over: finished, 2 jobs failed.')
})
