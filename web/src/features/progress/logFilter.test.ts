import { expect, it } from 'vitest'
import type { LogLine } from '../../lib/api/logs'
import { EVERY_LINE, fileLine, filterLines } from './logFilter'

const line = (seq: number, level: LogLine['level'], company: string | null, message: string): LogLine => ({
  seq,
  at: '2026-01-02T03:04:05Z',
  level,
  company,
  external_id: null,
  message,
})
const lines = [
  line(1, 'info', null, 'The run begins.'),
  line(2, 'warning', 'acme', 'HTTP 429, later.'),
  line(3, 'error', 'globex', 'HTTP 404.'),
]
const shown = (change: Partial<typeof EVERY_LINE>) =>
  filterLines(lines, { ...EVERY_LINE, ...change }).map(({ seq }) => seq)

it('shows a level and worse, one company, and what has the text', () => {
  expect(filterLines(lines, EVERY_LINE)).toBe(lines)
  expect(shown({ level: 'warning' })).toEqual([2, 3])
  expect(shown({ level: 'error' })).toEqual([3])
  expect(shown({ company: 'acme' })).toEqual([2])
  expect(shown({ text: 'http' })).toEqual([2, 3])
  expect(shown({ text: 'GLOBEX', level: 'warning' })).toEqual([3])
})

it('writes a line of a file as one line', () => {
  expect(fileLine(line(4, 'error', 'acme', 'a\n b'))).toBe('2026-01-02T03:04:05Z\terror\tacme\t-\ta b')
})
