import { expect, it } from 'vitest'
import { msLeft, rateOf, roughly, type Sample } from './pace'

/** Each company on a host of its own, unless its name says otherwise: "a@host". */
const sample = (
  at: number,
  companies: Record<string, [done: number, total: number]>,
  begun = { at: 0, done: 0 },
): Sample => ({
  at,
  done: Object.values(companies).reduce((sum, [done]) => sum + done, 0),
  companies: new Map(
    Object.entries(companies).map(([name, [done, total]]) => [
      name,
      { host: name.split('@')[1] ?? name, done, total, begun },
    ]),
  ),
})

it('has a rate only when there is something to go by', () => {
  expect(rateOf([])).toBeNull()
  expect(rateOf([sample(0, { a: [0, 9] }), sample(1000, { a: [5, 9] })])).toBeNull()
  expect(rateOf([sample(0, { a: [0, 99] }), sample(5000, { a: [50, 99] })])).toBe(10)
})

it('waits for the slowest host, not for the mean of all', () => {
  const samples = [
    sample(0, { quick: [0, 500], slow: [0, 100] }),
    sample(10_000, { quick: [480, 500], slow: [10, 100] }),
  ]
  expect(msLeft(samples, 600, 10_000)).toBe(90_000)
})

it('takes companies at one host together: what one no longer needs, the others get', () => {
  const samples = [
    sample(0, { 'a@host': [0, 60], 'b@host': [0, 150] }),
    sample(10_000, { 'a@host': [50, 60], 'b@host': [50, 150] }),
  ]
  expect(msLeft(samples, 210, 10_000)).toBe(11_000)
})

it('does not take it for lasting that a host is asked slower', () => {
  const begun = { at: -30_000, done: 0 }
  const samples = [sample(0, { a: [195, 300] }, begun), sample(10_000, { a: [200, 300] }, begun)]
  expect(msLeft(samples, 300, 40_000)).toBe(20_000)
})

it('measures a company from when it began, and not before there is something to go by', () => {
  const samples = (at: number, done: number) => [
    sample(0, { quick: [0, 500] }),
    sample(7000, { quick: [300, 500], slow: [0, 100] }, { at: 7000, done: 0 }),
    sample(at, { quick: [480, 500], slow: [done, 100] }, { at: 7000, done: 0 }),
  ]
  expect(msLeft(samples(8000, 1), 600, 10_000)).toBeLessThan(3000)
  expect(msLeft(samples(12_000, 50), 600, 12_000)).toBe(5000)
})

it('says nothing too early, and nothing at the end', () => {
  const samples = [sample(0, { a: [0, 1000] }), sample(4000, { a: [20, 1000] })]
  expect(msLeft(samples, 1000, 60_000)).toBeNull()
  const more = [sample(0, { a: [0, 1000] }), sample(4000, { a: [40, 1000] })]
  expect(msLeft(more, 1000, 4000)).toBeNull()
  expect(msLeft(more, 1000, 6000)).toBe(96_000)
  expect(msLeft([sample(0, { a: [0, 9] }), sample(9000, { a: [9, 9] })], 9, 9000)).toBeNull()
})

it('takes a retry, which takes back what was done, for no speed at all', () => {
  const samples = [sample(0, { a: [50, 100] }), sample(5000, { a: [40, 100] })]
  expect(rateOf(samples)).toBe(0)
  expect(msLeft(samples, 100, 9000)).toBeNull()
})

it('speaks in rough times', () => {
  expect([1, 12_000, 58_000, 61_000, 601_000, 4_600_000].map(roughly)).toEqual([
    '5 s',
    '15 s',
    '1 min',
    '2 min',
    '11 min',
    '1 h 20 min',
  ])
})
