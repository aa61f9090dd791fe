import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { RunCompany } from '../../lib/api/runs'
import { type CompanyStatus, NO_JOBS } from '../../lib/statuses'
import { useStableOrder } from './companyOrder'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const run = (statuses: Record<string, CompanyStatus>): RunCompany[] =>
  Object.entries(statuses).map(([company_name, status]) => ({
    company_name,
    status,
    reason: null,
    counts: NO_JOBS,
    total_jobs: 0,
  }))

function setUp() {
  let isHeld = false
  const { result, rerender } = renderHook(({ companies }) => useStableOrder(companies, () => isHeld), {
    initialProps: { companies: run({ a: 'crawling', b: 'crawling', c: 'waiting' }) },
  })
  return {
    names: () => result.current.map(({ company_name: name }) => name).join(''),
    now: (statuses: Record<string, CompanyStatus>) => rerender({ companies: run(statuses) }),
    hold: (on: boolean) => {
      isHeld = on
    },
  }
}
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms))

it('sorts anew at most once a second', () => {
  const { names, now } = setUp()
  expect(names()).toBe('abc')
  now({ a: 'done', b: 'crawling', c: 'waiting' })
  pass(1)
  expect(names()).toBe('bca')
  now({ a: 'done', b: 'crawling', c: 'error' })
  pass(500)
  expect(names()).toBe('bca')
  pass(600)
  expect(names()).toBe('cba')
})

it('moves nothing while it is held, and puts what is new at the end', () => {
  const { names, now, hold } = setUp()
  hold(true)
  now({ a: 'done', b: 'crawling', c: 'waiting', d: 'error' })
  pass(5000)
  expect(names()).toBe('abcd')
  hold(false)
  now({ a: 'done', b: 'crawling', c: 'waiting', d: 'error' })
  expect(names()).toBe('dbca')
})
