import { expect, it } from 'vitest'
import {
  formatDateTime,
  formatDay,
  formatDuration,
  formatRate,
  formatSpan,
  percentOf,
  plural,
  safeUrl,
  titleOf,
} from './format'

it.each([
  [-5, '0 s'],
  [8_900, '8 s'],
  [185_000, '3 min 05 s'],
  [7_620_000, '2 h 07 min'],
  [273_600_000, '3 d 4 h'],
])('formatDuration(%s)', (ms, text) => expect(formatDuration(ms)).toBe(text))

it.each([
  [-5, '0.0 s'],
  [420, '0.4 s'],
  [9_949, '9.9 s'],
  [9_999, '10 s'],
  [185_000, '3 min 05 s'],
])('formatSpan(%s)', (ms, text) => expect(formatSpan(ms)).toBe(text))

it.each(['', ' \t', '\ufeff\u200b\u200b', '\u202e', '\u3164\u2800'])(
  'has words for a title without any: %j',
  (title) => expect(titleOf(title)).toBe('(no title)'),
)

it('shows an emoji of several as it is', () => expect(titleOf('👩\u200d💻')).toBe('👩\u200d💻'))

it('writes days as times are written, whatever the time zone', () => {
  expect(formatDay('2026-11-25')).toBe('Nov 25, 2026')
  expect(formatDateTime('2026-11-25T12:00:00Z')).toContain('Nov 25, 2026')
  expect(formatDay('soon')).toBe('soon')
})

it('never says 100 % before everything is done', () => {
  expect(percentOf(9999, 10_000)).toBe(99)
  expect(percentOf(3, 3)).toBe(100)
  expect(percentOf(0, 0)).toBe(0)
})

it('writes counts and rates', () => {
  expect(plural(1, 'company', 'companies')).toBe('1 company')
  expect(plural(1200, 'job')).toBe('1,200 jobs')
  expect([0, 0.44, 138.4].map(formatRate)).toEqual(['0/s', '0.4/s', '138/s'])
})

it.each(['javascript:alert(1)', 'data:text/html,x', '//', null])('no link leads to %s', (url) =>
  expect(safeUrl(url)).toBeNull(),
)
