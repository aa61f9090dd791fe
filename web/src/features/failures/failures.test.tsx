import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { NO_JOBS } from '../../lib/statuses'
import { renderApp } from '../../test/app'
import { wireBoard, wireCompany, wireDoubt, wireRun } from '../../test/data'
import { problem, server } from '../../test/server'
import { groupFailures, wishOf } from './group'
import { kindOf } from './kinds'

const job = (company_name: string, external_id: string, reason: string) => ({
  company_name,
  external_id,
  title: `Engineer ${external_id}`,
  location: '',
  status: 'error' as const,
  reason,
  attempt: 1,
  posting_id: null,
  url: null,
})

const JOBS = [
  job('acme', '1', 'lever:acme: api.lever.co answered with an error (status 500).'),
  job('globex', '7', 'lever:globex: api.lever.co answered with an error (status 500).'),
  job('globex', '8', 'lever:globex: posting 8 has no title.'),
]
const COMPANIES = [
  wireCompany('acme', { status: 'done' }),
  wireCompany('gone', { status: 'error', reason: 'lever:gone: the board is gone.' }),
].map((company) => ({ ...company, status: company.status as 'done' | 'error', counts: NO_JOBS }))

describe('the kind of a reason', () => {
  it.each([
    ['greenhouse:acme: posting 4711 has no title.', 'A posting has no title.'],
    ['ashby:a-b: jobs.ashbyhq.com asks to come back in 30 s.', 'jobs.ashbyhq.com asks to come back in … s.'],
    [
      'Not tried: 5 postings of Acme & Co failed in a row, the last one with: lever:acme: no.',
      'Not tried: 5 postings of the company had failed in a row.',
    ],
    ['It left the board.', 'It left the board.'],
    ['lever:acme, posting 7: api.lever.co broke off its answer.', 'api.lever.co broke off its answer.'],
    [
      'lever:acme: api.lever.co refuses to answer (status 403). It has failed 2 times in a row, and is left alone until ' +
        '2026-11-30 09:40 UTC unless you name it, or try it again.',
      'api.lever.co refuses to answer (status 403).',
    ],
    [
      'Not asked: lever:acme has failed 3 times in a row, and is left alone until 2026-11-30 09:40 UTC. Name it, or try it ' +
        'again, to ask it now. What it said last: lever:acme: api.lever.co refuses to answer (status 403).',
      'Left alone for now. It said last: api.lever.co refuses to answer (status 403).',
    ],
    ['lever-eu:acme: posting 4711 has no title.', 'A posting has no title.'],
    [null, 'No reason was given.'],
  ])('%s', (reason, kind) => expect(kindOf(reason)).toBe(kind))
})

it('groups boards and jobs by kind, and wishes for just those of a group', () => {
  const groups = groupFailures(COMPANIES, JOBS)
  expect(groups.map(({ kind, items }) => [kind, items.length])).toEqual([
    ['api.lever.co answered with an error (status 500).', 2],
    ['A posting has no title.', 1],
    ['The board is gone.', 1],
  ])
  expect(groups.map(({ items }) => wishOf(items))).toEqual([
    {
      jobs: [
        { company_name: 'acme', external_id: '1' },
        { company_name: 'globex', external_id: '7' },
      ],
    },
    { jobs: [{ company_name: 'globex', external_id: '8' }] },
    { companies: ['gone'] },
  ])
})

describe('on the summary of an ended run', () => {
  const asked = vi.fn()
  beforeEach(() => {
    asked.mockReset()
    const counts = { ready: 3, error: 3 }
    const run = wireRun({ status: 'finished', total_jobs: 6, failed_companies: 1, companies: 3 })
    server.use(
      http.get('*/api/ingestion/status/17', () => HttpResponse.json({ ...run, counts })),
      http.get('*/api/ingestion/status/18', () => HttpResponse.json(wireRun({ run_id: 18, retry_of: 17 }))),
      http.get('*/api/ingestion/logs/:run', () => HttpResponse.json({ logs: [], last_seq: 0, more: false })),
      http.get('*/api/ingestion/runs/17/companies', () => HttpResponse.json({ companies: COMPANIES })),
      http.get('*/api/ingestion/runs/17/jobs', () => HttpResponse.json({ jobs: JOBS, next: null })),
      http.post('*/api/ingestion/retry/17', async ({ request }) => {
        asked(await request.json())
        return HttpResponse.json({ run_id: 18, jobs: 2, boards: 0 })
      }),
    )
  })

  it('tries one kind again, and goes to the run that does it', async () => {
    const router = renderApp('/runs/17/summary')
    const panel = await screen.findByRole('region', { name: 'What failed' })
    await waitFor(() => expect(panel.textContent).toContain('1 board, 3 jobs'))
    await userEvent.click(await within(panel).findByRole('button', { name: /^Retry 2: api\.lever\.co/ }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/runs/18'))
    expect(asked).toHaveBeenCalledExactlyOnceWith({
      jobs: [
        { company_name: 'acme', external_id: '1' },
        { company_name: 'globex', external_id: '7' },
      ],
    })
  })

  it('shows the most frequent of many reasons, and all of them when asked to', async () => {
    const many = Array.from({ length: 7 }, (_, n) =>
      job('acme', String(n), `lever:acme: reason ${'x'.repeat(n)}.`),
    )
    server.use(
      http.get('*/api/ingestion/runs/17/jobs', () =>
        HttpResponse.json({ jobs: [...JOBS, ...many], next: null }),
      ),
    )
    renderApp('/runs/17/summary')
    const all = await screen.findByRole('button', { name: 'Show all 10 reasons' })
    const kinds = screen.getAllByTestId('failed-kind')
    expect(kinds).toHaveLength(5)
    expect(kinds[0]?.textContent).toContain('api.lever.co answered with an error')
    await userEvent.click(all)
    expect(screen.getAllByTestId('failed-kind')).toHaveLength(10)
    expect(document.activeElement).toBe(screen.getAllByTestId('failed-kind')[5]?.querySelector('summary'))
    expect(screen.queryByRole('button', { name: /^Show all/ })).toBeNull()
  })

  it('says which run is in the way', async () => {
    server.use(
      http.post('*/api/ingestion/retry/17', () =>
        problem(409, 'Run 19 is still active. Watch it, or abort it first.', { run_id: 19 }),
      ),
    )
    renderApp('/runs/17/summary')
    await userEvent.click(await screen.findByTestId('retry-all'))
    const way = await screen.findByRole('link', { name: 'Go to run 19' })
    expect(way.getAttribute('href')).toBe('/runs/19')
    expect(screen.getByText(/Run 19 is still active/)).toBeTruthy()
  })

  it('says until when runs leave a failed board alone, and what boards of this run ask', async () => {
    const last_run = { run_id: 17, status: 'done' as const, reason: null, ended: true, host: 'a.example' }
    const setback = { failures: 2, reason: 'It is away.', retry_at: '2100-01-02T03:04:05Z' }
    const boards = [
      wireBoard('gone', { setback, last_run }),
      wireBoard('acme', { doubt: wireDoubt(), last_run }),
      wireBoard('other', { doubt: wireDoubt(), last_run: { ...last_run, run_id: 18 } }),
    ]
    server.use(http.get('*/api/ingestion/boards', () => HttpResponse.json(boards)))
    renderApp('/runs/17/summary')
    const asked = await screen.findByRole('region', { name: 'What the boards ask' })
    expect(within(asked).getByText('7 postings seem gone. Is that so?', { exact: false })).toBeTruthy()
    expect(asked.textContent).not.toContain('other')
    await userEvent.click(await screen.findByText('The board is gone.'))
    expect(await screen.findByText(/Runs leave this board alone until Jan \d/)).toBeTruthy()
  })

  it('leads to the run that tried it again', async () => {
    server.use(
      http.get('*/api/ingestion/status/17', () =>
        HttpResponse.json(wireRun({ status: 'finished', failed_companies: 1, retried_in: 18 })),
      ),
    )
    renderApp('/runs/17/summary')
    const link = await screen.findByRole('link', { name: 'See run 18' })
    expect(link.getAttribute('href')).toBe('/runs/18/summary')
    expect(screen.getByTestId('summary-result').textContent).toBe('1 board could not be listed.')
  })
})
