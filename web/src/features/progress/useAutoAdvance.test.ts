import { fireEvent, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ADVANCE_MS, useAutoAdvance } from './useAutoAdvance'

const navigate = vi.fn()
vi.mock('@tanstack/react-router', () => ({ useNavigate: () => navigate }))

beforeEach(() => {
  vi.useFakeTimers()
  navigate.mockClear()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp(first: { ended: boolean; stay: boolean }) {
  const area = { current: document.createElement('div') }
  const { rerender } = renderHook((now) => useAutoAdvance({ runId: 17, area, ...now }), {
    initialProps: first,
  })
  return { area: area.current, now: rerender }
}

it('goes on once the run has ended, in the place of its page', () => {
  const { now } = setUp({ ended: false, stay: false })
  vi.advanceTimersByTime(60_000)
  expect(navigate).not.toHaveBeenCalled()
  now({ ended: true, stay: false })
  vi.advanceTimersByTime(ADVANCE_MS - 1)
  expect(navigate).not.toHaveBeenCalled()
  vi.advanceTimersByTime(60_000)
  expect(navigate).toHaveBeenCalledTimes(1)
  expect(navigate.mock.calls[0]?.[0]).toMatchObject({ params: { runId: '17' }, replace: true })
})

it('stays while somebody looks at something, and goes on when they are done', () => {
  const { now } = setUp({ ended: true, stay: true })
  vi.advanceTimersByTime(60_000)
  expect(navigate).not.toHaveBeenCalled()
  now({ ended: true, stay: false })
  vi.advanceTimersByTime(ADVANCE_MS)
  expect(navigate).toHaveBeenCalledTimes(1)
})

it('waits for whoever was at it just before the end', () => {
  const { area, now } = setUp({ ended: false, stay: false })
  fireEvent.wheel(area)
  now({ ended: true, stay: false })
  vi.advanceTimersByTime(ADVANCE_MS)
  expect(navigate).not.toHaveBeenCalled()
  vi.advanceTimersByTime(ADVANCE_MS)
  expect(navigate).toHaveBeenCalledTimes(1)
})

it('stays for good where somebody does something after the end', () => {
  const { area } = setUp({ ended: true, stay: false })
  vi.advanceTimersByTime(100)
  fireEvent.keyDown(area, { key: 'j' })
  vi.advanceTimersByTime(60_000)
  expect(navigate).not.toHaveBeenCalled()
})
