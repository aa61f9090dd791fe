import { expect, it } from 'vitest'
import type { LogPage } from '../../lib/api/logs'
import { RunStore } from '../../lib/stream/store'
import { feed } from '../../test/data'
import { fetchLines } from './useLastLines'

const line = (seq: number) => ({
  seq,
  at: '2026-01-02T03:04:05Z',
  level: 'info' as const,
  company: null,
  external_id: null,
  message: `Line ${seq}`,
})

it('asks for what comes after the newest line, page by page', async () => {
  const store = new RunStore()
  feed(store, 'log', [line(1), line(2)], '3')
  const asked: number[] = []
  await fetchLines(store, async (after): Promise<LogPage> => {
    asked.push(after)
    const seq = after + 1
    return { logs: [line(seq)], last_seq: seq, more: seq < 4 }
  })
  store.flush()
  expect(asked).toEqual([2, 3])
  expect(store.getSnapshot().log.lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
})
