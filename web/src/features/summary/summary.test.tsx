import { screen, waitFor } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { expect, it, vi } from 'vitest'
import { NO_JOBS } from '../../lib/statuses'
import { renderApp } from '../../test/app'
import { wireCompany, wireRun } from '../../test/data'
import { problem, server } from '../../test/server'
import { differenceOf } from './difference'
import { resultSentence } from './sentence'
import { slowest } from './spans'

const counts = { ...NO_JOBS, ready: 3, skipped: 20, expired: 1, error: 2 }
const run = wireRun({
  status: 'finished',
  counts,
  changed_jobs: 1,
  total_jobs: 26,
  finished_at: '2026-01-02T03:07:11Z',
})

it('says in a sentence what came of the run, and what failed', async () => {
  server.use(
    http.get('*/api/ingestion/status/17', () => HttpResponse.json(run)),
    http.get('*/api/ingestion/runs/17/companies', () =>
      HttpResponse.json({
        companies: [wireCompany('acme', { status: 'done', counts, changed_jobs: 1, total_jobs: 26 })],
      }),
    ),
    http.get('*/api/ingestion/runs/17/jobs', () => problem(500, 'The database is away. Try again.')),
  )
  renderApp('/runs/17/summary')
  const result = await screen.findByTestId('summary-result')
  expect(result.textContent).toBe('2 new jobs, 1 job changed, 1 job gone, 2 jobs failed.')
  expect(screen.getByText(/took 3 min 05 s/)).toBeTruthy()
  const row = (await screen.findByRole('link', { name: 'acme' })).closest('tr')
  expect([...(row?.querySelectorAll('td') ?? [])].slice(1).map((cell) => cell.textContent)).toEqual([
    '2',
    '1',
    '20',
    '1',
    '2',
    '26',
  ])
  expect(screen.getByTestId('start-run').textContent).toBe('Start again')
})

it('shows the companies together with what failed, which stands above them', async () => {
  const job = { company_name: 'acme', external_id: '2', title: 'Cook', location: '', status: 'error' }
  const failed = { ...job, reason: 'HTTP 429', attempt: 1, posting_id: null, url: null }
  const table = () => screen.queryByText('By company')
  const early = vi.fn()
  server.use(
    http.get('*/api/ingestion/status/17', () => HttpResponse.json(run)),
    http.get('*/api/ingestion/runs/17/companies', () =>
      HttpResponse.json({ companies: [wireCompany('acme', { status: 'done', counts, total_jobs: 26 })] }),
    ),
    http.get('*/api/ingestion/runs/17/jobs', async () => {
      await waitFor(() => expect(table()).not.toBeNull(), { timeout: 300 }).then(early, () => {})
      return HttpResponse.json({ jobs: [failed], next: null })
    }),
  )
  renderApp('/runs/17/summary')
  await waitFor(() => expect(table()).not.toBeNull())
  expect(screen.getByTestId('failed-kind').textContent).toContain('HTTP 429')
  expect(early).not.toHaveBeenCalled()
})

it('says of each company of an aborted run how much was left open', async () => {
  const left = { ...NO_JOBS, ready: 1, pending: 3, crawling: 1 }
  server.use(
    http.get('*/api/ingestion/status/17', () =>
      HttpResponse.json({ ...run, status: 'aborted', counts: left }),
    ),
    http.get('*/api/ingestion/runs/17/companies', () =>
      HttpResponse.json({ companies: [wireCompany('acme', { counts: left, total_jobs: 5 })] }),
    ),
  )
  renderApp('/runs/17/summary')
  const row = (await screen.findByRole('link', { name: 'acme' })).closest('tr')
  expect(row?.querySelector('[data-label="Left open"]')?.textContent).toBe('4')
  expect(row?.textContent).toContain('Stopped')
})

it('leads to a run that still goes on', async () => {
  server.use(http.get('*/api/ingestion/status/17', () => HttpResponse.json(wireRun())))
  renderApp('/runs/17/summary')
  expect((await screen.findByTestId('summary-result')).textContent).toContain('still going')
  expect(screen.getAllByRole('link', { name: 'Watch it' })[0]?.getAttribute('href')).toBe('/runs/17')
})

it('says so when there is no such run, and offers no vain attempt', async () => {
  server.use(http.get('*/api/ingestion/status/17', () => problem(404, 'Nothing is here, or not for you.')))
  renderApp('/runs/17/summary')
  expect(await screen.findByRole('heading', { name: 'No such run' })).toBeTruthy()
  expect(screen.getByRole('link', { name: 'All runs' })).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
})

it.each([
  [
    { status: 'aborted' as const, counts: { ...NO_JOBS, ready: 1, pending: 4 } },
    0,
    'The run was aborted: 1 job done, 4 jobs were left open.',
  ],
  [{ status: 'error' as const, counts: NO_JOBS }, 0, 'The run failed after 0 jobs.'],
  [{ counts: { ...NO_JOBS, skipped: 4 } }, 0, 'Nothing new.'],
  [{ counts: { ...NO_JOBS, ready: 1 }, changed_jobs: 1 }, 0, 'Nothing new, 1 job changed.'],
  [{ counts: { ...NO_JOBS, skipped: 4 } }, 2, 'Nothing new, 2 boards could not be listed.'],
  [{ counts: NO_JOBS }, 0, 'The boards had no jobs that your filters keep.'],
  [{ counts: NO_JOBS }, 1, '1 board could not be listed.'],
])('%o and %s failed boards', (change, failed_companies, sentence) => {
  const ended = { ...wireRun({ failed_companies }), status: 'finished' as const, started_at: null, ...change }
  expect(resultSentence(ended)).toBe(sentence)
})

it('compares with the last run, but for a retry', () => {
  const whole = {
    ...wireRun({ run_id: 16 }),
    status: 'finished' as const,
    counts: { ...counts, ready: 1, error: 9 },
  }
  const now = { ...whole, run_id: 17, counts }
  expect(differenceOf(now, whole, 'new')).toBe('2 more than in run 16')
  expect(differenceOf(now, whole, 'failed')).toBe('7 fewer than in run 16')
  expect(differenceOf(now, whole, 'unchanged')).toBe('as in run 16')
  expect(differenceOf(now, null, 'new')).toBeUndefined()
  expect(differenceOf({ ...now, retry_of: 16 }, whole, 'new')).toBeUndefined()
})

it('shows the slowest companies, how long they took, and the filters', async () => {
  const times = { began_at: '2026-01-02T03:04:08Z', settled_at: '2026-01-02T03:05:08Z' }
  const quick = { began_at: '2026-01-02T03:04:06Z', settled_at: '2026-01-02T03:04:07Z' }
  server.use(
    http.get('*/api/ingestion/status/17', () => HttpResponse.json({ ...run, counts: { ready: 3 } })),
    http.get('*/api/ingestion/runs/17/companies', () =>
      HttpResponse.json({
        companies: [
          wireCompany('quick', { status: 'done', ...quick }),
          wireCompany('slow', {
            status: 'done',
            ...times,
            title_filters: { include: ['go'], exclude: ['intern'] },
          }),
          wireCompany('never', { status: 'waiting' }),
        ],
      }),
    ),
  )
  renderApp('/runs/17/summary')
  const panel = await screen.findByRole('region', { name: 'Where the time went' })
  const rows = [...panel.querySelectorAll('tbody tr')].map((row) => row.textContent)
  expect(rows).toEqual(['slow1 min 00 s2.0 s', 'quick1.0 s0.0 s'])
  const filters = screen.getByRole('region', { name: 'Title filters' })
  expect(filters.textContent).toContain('Titles with “go”, never with “intern”: slow')
  expect(filters.textContent).toContain('All titles: quick, never')
})

it('keeps to so many, and leaves out who never settled, but where the run was cut short', () => {
  const ended = { ...wireRun(), status: 'finished' as const, counts }
  const of = (name: string, began_at: string | null, settled_at: string | null) => ({
    ...wireCompany(name, { began_at, settled_at }),
    status: 'done' as const,
    counts,
  })
  const at = (second: number) => `2026-01-02T03:04:${String(second).padStart(2, '0')}Z`
  const companies = [of('a', at(7), at(9)), of('b', at(6), at(16)), of('c', at(8), null), of('d', null, null)]
  expect(slowest(ended, companies, 1)).toEqual([{ company: 'b', from: 0, to: 10_000 }])
  expect(slowest(ended, companies, 9).map(({ company }) => company)).toEqual(['b', 'a'])
  const cutShort = { ...ended, status: 'aborted' as const, finished_at: at(30) }
  expect(slowest(cutShort, companies, 1)).toEqual([{ company: 'c', from: 2_000, to: 24_000 }])
})
