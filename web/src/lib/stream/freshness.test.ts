import { expect, it } from 'vitest'
import { Freshness } from './freshness'

it('says how old changes were when they were painted', () => {
  const freshness = new Freshness()
  expect(freshness.percentiles()).toBeNull()
  freshness.beat(1000, 1003)
  for (let age = 1; age <= 100; age += 1) freshness.arrived(2000 - age)
  freshness.flushed()
  freshness.arrived(1)
  freshness.painted(2000)
  freshness.painted(9000)
  expect(freshness.percentiles()).toEqual({ p50: 50, p95: 95, count: 100 })
})

it('does not take a clock that is wrong for age', () => {
  for (const skew of [-60_000, 60_000]) {
    const freshness = new Freshness()
    freshness.beat(1000, 1000 + skew)
    freshness.arrived(2000)
    freshness.flushed()
    freshness.painted(2040 + skew)
    expect(freshness.percentiles()?.p50).toBe(40)
  }
})

it('leaves out what nobody saw', () => {
  const freshness = new Freshness()
  freshness.arrived(1000)
  freshness.flushed()
  freshness.unseen()
  freshness.painted(90_000)
  expect(freshness.percentiles()).toBeNull()
})
