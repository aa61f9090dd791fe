import { act, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import { getLogs } from '../../lib/api/logs'
import { HandStream, renderApp } from '../../test/app'
import { feed, wireRun } from '../../test/data'
import { server } from '../../test/server'

const scrolledTo: (string | undefined)[] = []
const askedAfter: number[] = []

beforeEach(() => {
  scrolledTo.length = 0
  askedAfter.length = 0
  Element.prototype.scrollIntoView = function scrollIntoView(this: HTMLElement) {
    scrolledTo.push(this.dataset.seq)
  }
  server.use(
    http.get('*/api/ingestion/status/17', () => HttpResponse.json(wireRun())),
    http.get('*/api/ingestion/logs/17', ({ request }) => {
      const after = Number(new URL(request.url).searchParams.get('after'))
      askedAfter.push(after)
      return HttpResponse.json({ logs: [line(after + 1)], last_seq: after + 1, more: false })
    }),
  )
})

const line = (seq: number, level = 'info', company: string | null = null) => ({
  seq,
  at: '2026-01-02T03:04:05Z',
  level,
  company,
  external_id: null,
  message: `Line ${seq}.`,
})
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index))

async function open(path: string) {
  const stream = new HandStream()
  renderApp(path, stream)
  await waitFor(() => expect(stream.sink).not.toBeNull())
  const { sink } = stream
  if (!sink) throw new Error('Nobody listens.')
  const send = (...event: [event: string, data: unknown, id?: string]) => act(() => feed(sink, ...event))
  send('status', 'ingesting')
  send('companies', { acme: { status: 'crawling', jobs: 1, reason: null } }, '1.1')
  const shown = () => screen.queryAllByTestId('log-line').map(({ dataset }) => Number(dataset.seq))
  return { send, shown }
}

it('filters by level, company and text', async () => {
  const { send, shown } = await open('/runs/17')
  send('log', [line(1), line(2, 'warning'), line(3, 'error', 'acme')], '2.1')
  await waitFor(() => expect(shown()).toEqual([1, 2, 3]))
  await userEvent.selectOptions(screen.getByLabelText('Level of log lines'), 'warning')
  expect(shown()).toEqual([2, 3])
  await userEvent.selectOptions(screen.getByLabelText('Company of log lines'), 'acme')
  expect(shown()).toEqual([3])
  await userEvent.type(screen.getByLabelText('Text in log lines'), 'nothing has this')
  expect(shown()).toEqual([])
})

it('counts what came since somebody stopped following', async () => {
  const { send, shown } = await open('/runs/17')
  send('log', range(1, 3), '2.1')
  await waitFor(() => expect(shown()).toHaveLength(3))
  await userEvent.click(screen.getByLabelText('Follow'))
  send('log', range(4, 145), '3.1')
  await userEvent.click(await screen.findByRole('button', { name: '142 new lines' }))
  expect(screen.queryByRole('button', { name: /new line/ })).toBeNull()
  expect(screen.getByLabelText<HTMLInputElement>('Follow').checked).toBe(true)
})

it('marks the line that the address names', async () => {
  const { send, shown } = await open('/runs/17#line-2')
  send('log', range(1, 3), '2.1')
  await waitFor(() => expect(shown()).toHaveLength(3))
  await waitFor(() => expect(scrolledTo).toEqual(['2']))
  expect(screen.getAllByTestId('log-line')[1]?.getAttribute('aria-current')).toBe('true')
  expect(screen.getByLabelText<HTMLInputElement>('Follow').checked).toBe(false)
})

it('follows on past a marked line that it no longer holds', async () => {
  const { send, shown } = await open('/runs/17#line-2')
  send('log', range(1, 3), '2.1')
  await waitFor(() => expect(shown()).toHaveLength(3))
  await userEvent.click(screen.getByLabelText('Follow'))
  send('log', range(4, 1003), '3.1')
  await waitFor(() => expect(shown().at(-1)).toBe(1003))
  await getLogs(17, 0)
  expect(askedAfter).toEqual([0])
})

it('fetches a line that is older than what it holds', async () => {
  const { send, shown } = await open('/runs/17#line-7')
  send('log', range(1001, 2000), '2.1')
  await waitFor(() => expect(shown()).toEqual([7]))
  await userEvent.click(screen.getByRole('button', { name: 'Back to the newest' }))
  await waitFor(() => expect(shown()).toHaveLength(1000))
})

it('hands out the whole log as a file', async () => {
  const saved: { name: string; text: Promise<string> }[] = []
  const texts: Blob[] = []
  URL.createObjectURL = (blob: Blob) => {
    texts.push(blob)
    return 'blob:log'
  }
  URL.revokeObjectURL = () => undefined
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(this: HTMLAnchorElement) {
    saved.push({ name: this.download, text: texts[0]?.text() ?? Promise.resolve('') })
  })
  await open('/runs/17')
  await userEvent.click(await screen.findByRole('button', { name: 'Download' }))
  await waitFor(() => expect(saved).toHaveLength(1))
  expect(saved[0]?.name).toBe('jobwire-run-17.log')
  expect(await saved[0]?.text).toBe('2026-01-02T03:04:05Z\tinfo\t-\t-\tLine 1.\n')
})
