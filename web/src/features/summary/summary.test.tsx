import { screen } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { expect, it } from 'vitest'
import { NO_JOBS } from '../../lib/statuses'
import { renderApp } from '../../test/app'
import { wireCompany, wireRun } from '../../test/data'
import { problem, server } from '../../test/server'
import { resultSentence } from './sentence'

const counts = { ...NO_JOBS, ready: 3, skipped: 20, expired: 1, error: 2 }
const run = wireRun({ status: 'finished', counts, total_jobs: 26, finished_at: '2026-01-02T03:07:11Z' })

it('says in a sentence what came of the run, and what failed', async () => {
  server.use(
    http.get('*/api/ingestion/status/17', () => HttpResponse.json(run)),
    http.get('*/api/ingestion/runs/17/companies', () =>
      HttpResponse.json({ companies: [wireCompany('acme', { status: 'done', counts, total_jobs: 26 })] }),
    ),
    http.get('*/api/ingestion/runs/17/jobs', () => problem(500, 'The database is away. Try again.')),
  )
  renderApp('/runs/17/summary')
  const result = await screen.findByTestId('summary-result')
  expect(result.textContent).toBe('3 jobs new or changed, 1 job gone, 2 jobs failed.')
  expect(screen.getByText(/took 3 min 05 s/)).toBeTruthy()
  expect(await screen.findByRole('table')).toBeTruthy()
  expect(screen.getByTestId('start-run').textContent).toBe('Start again')
})

it('leads to a run that still goes on', async () => {
  server.use(http.get('*/api/ingestion/status/17', () => HttpResponse.json(wireRun())))
  renderApp('/runs/17/summary')
  expect((await screen.findByTestId('summary-result')).textContent).toContain('still going')
  expect(screen.getAllByRole('link', { name: 'Watch it' })[0]?.getAttribute('href')).toBe('/runs/17')
})

it.each([
  [
    { status: 'aborted' as const, counts: { ...NO_JOBS, ready: 1, pending: 4 } },
    0,
    'The run was aborted: 1 job done, 4 jobs were left open.',
  ],
  [{ status: 'error' as const, counts: NO_JOBS }, 0, 'The run failed after 0 jobs.'],
  [{ counts: { ...NO_JOBS, skipped: 4 } }, 0, 'Nothing new.'],
  [{ counts: { ...NO_JOBS, skipped: 4 } }, 2, 'Nothing new, 2 boards could not be listed.'],
  [{ counts: NO_JOBS }, 0, 'The boards had no jobs that your filters keep.'],
  [{ counts: NO_JOBS }, 1, '1 board could not be listed.'],
])('%o and %s failed boards', (change, failed_companies, sentence) => {
  const ended = { ...wireRun({ failed_companies }), status: 'finished' as const, started_at: null, ...change }
  expect(resultSentence(ended)).toBe(sentence)
})
