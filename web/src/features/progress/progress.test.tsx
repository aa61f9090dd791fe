import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import type { StreamSink } from '../../lib/stream/client'
import { HandStream, renderApp } from '../../test/app'
import { feed, wireRun } from '../../test/data'
import { problem, server } from '../../test/server'
import { PATIENCE_MS } from './Stage3Progress'
import { filterJobs } from './visibleJobs'

beforeEach(() => {
  // jsdom lays nothing out: give the list a height, so that rows are shown.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800)
  server.use(
    http.get('*/api/ingestion/status/17', () => HttpResponse.json(wireRun())),
    http.get('*/api/ingestion/runs/17/jobs', () =>
      HttpResponse.json({
        jobs: [
          {
            company_name: 'acme',
            external_id: '2',
            title: 'Cook',
            location: null,
            status: 'error',
            reason: 'HTTP 429',
            attempt: 1,
            posting_id: null,
            url: 'https://a.example/2',
          },
        ],
        next: null,
      }),
    ),
    http.post('*/api/ingestion/runs/17/locations', async ({ request }) => {
      const { jobs } = (await request.json()) as { jobs: { external_id: string }[] }
      const place = (id: string) => (id === '4' ? null : id === '3' ? '' : `Place ${id}`)
      return HttpResponse.json({ locations: jobs.map((job) => place(job.external_id)) })
    }),
    http.get('*/api/ingestion/logs/17', () => HttpResponse.json({ logs: [], last_seq: 0, more: false })),
  )
})

async function open(path = '/runs/17') {
  const stream = new HandStream()
  const router = renderApp(path, stream)
  await waitFor(() => expect(stream.sink).not.toBeNull())
  const { sink } = stream
  if (!sink) throw new Error('Nobody listens.')
  const send = (...event: [event: string, data: unknown, id?: string]) => act(() => feed(sink, ...event))
  return { router, sink: sink satisfies StreamSink, send }
}

const COMPANIES = {
  acme: { status: 'crawling', jobs: 4, reason: null },
  globex: { status: 'error', jobs: 0, reason: 'The board answered 404.' },
}

const jobs = (...statuses: string[]) => ({
  acme: statuses.map((status, index) => ({
    external_id: String(index + 1),
    title: index === 1 ? 'Cook' : `Engineer ${index + 1}`,
    status,
  })),
})

it('shows the jobs, their statuses, and what failed and why', async () => {
  const { send } = await open()
  send('status', 'ingesting')
  send('all_jobs', jobs('pending', 'crawling', 'ready', 'pending'))
  send('companies', COMPANIES, '4.1700000000000')
  await waitFor(() => expect(screen.getAllByTestId('job-row')).toHaveLength(4))
  expect(document.documentElement.dataset.runVersion).toBe('4.1700000000000')
  const places = () => screen.getAllByTestId('job-row').map((row) => row.lastElementChild?.textContent)
  await waitFor(() => expect(places()).toEqual(['acmePlace 1', 'acmePlace 2', 'acme', 'acme']))
  expect(screen.getByTestId('run-status').dataset.status).toBe('ingesting')

  send('update', { acme: { 1: 'ready', 2: 'error' } }, '5.1700000000001')
  await waitFor(() => expect(document.documentElement.dataset.runVersion).toBe('5.1700000000001'))
  expect(screen.getAllByTestId('job-row').map((row) => row.dataset.status)).toEqual([
    'ready',
    'error',
    'ready',
    'pending',
  ])
  expect(screen.getByTestId('run-progress').getAttribute('aria-valuetext')).toBe('75 %, 3 of 4 jobs done')
  const row = screen.getAllByTestId('job-row')[1]
  await waitFor(() => expect(row?.textContent).toContain('HTTP 429'))
  const failures = screen.getByRole('region', { name: 'What failed' })
  expect(failures.textContent).toContain('HTTP 429')
  expect(failures.textContent).toContain('The board answered 404.')
})

it('has companies, jobs and lines of the log while boards are still being listed', async () => {
  server.use(
    http.get('*/api/ingestion/status/17', () => HttpResponse.json(wireRun({ status: 'initializing' }))),
  )
  const { send } = await open()
  send('status', 'initializing')
  send('all_jobs', { acme: [], globex: [] })
  send('companies', { ...COMPANIES, acme: { status: 'listing', jobs: 0, reason: null } }, '2.1700000000000')
  await waitFor(() => expect(screen.getAllByTestId('company-card')).toHaveLength(2))
  expect(screen.getAllByTestId('company-card').map((card) => card.dataset.company)).toEqual([
    'globex',
    'acme',
  ])
  expect(await screen.findByText(/Boards are being listed: 1 of 2/)).toBeTruthy()
  expect(screen.getByTestId('run-progress').getAttribute('aria-valuenow')).toBeNull()
  send('added', jobs('pending', 'ready'))
  const at = '2026-01-02T03:04:05Z'
  const said = {
    seq: 7,
    at,
    level: 'warning',
    company: 'acme',
    external_id: null,
    message: 'Two have no title.',
  }
  send('log', [said], '3.1700000000100')
  await waitFor(() => expect(screen.getAllByTestId('job-row')).toHaveLength(2))
  expect(screen.getByTestId('log-line').textContent).toContain('Two have no title.')
})

it('filters by status, and keeps the filter in the address', async () => {
  const { router, send } = await open()
  send('status', 'ingesting')
  send('all_jobs', jobs('ready', 'pending', 'ready'), '1')
  await userEvent.click(await screen.findByRole('button', { name: /Ready/ }))
  await waitFor(() => expect(screen.getAllByTestId('job-row')).toHaveLength(2))
  expect(router.state.location.search).toEqual({ status: 'ready' })
})

it('has keys for the filters and the list', async () => {
  const { router, send } = await open()
  send('status', 'ingesting')
  send('all_jobs', jobs('ready', 'error', 'ready', 'error'), '1')
  await waitFor(() => expect(screen.getAllByTestId('job-row')).toHaveLength(4))
  const focused = () =>
    document.activeElement?.closest('[data-external-id]')?.getAttribute('data-external-id')
  await userEvent.keyboard('f')
  await waitFor(() => expect(focused()).toBe('2'))
  await userEvent.keyboard('f')
  await waitFor(() => expect(focused()).toBe('4'))
  await userEvent.keyboard('f')
  await waitFor(() => expect(focused()).toBe('2'))
  await userEvent.keyboard('j')
  await waitFor(() => expect(focused()).toBe('3'))
  await userEvent.keyboard('5')
  await waitFor(() => expect(router.state.location.search).toEqual({ status: 'error' }))
  await userEvent.keyboard('5')
  await waitFor(() => expect(router.state.location.search).toEqual({}))
  await userEvent.type(screen.getByRole('searchbox', { name: 'Find in titles' }), '5')
  await waitFor(() => expect(router.state.location.search).toEqual({ q: '5' }))
})

it('says of a job in its drawer each thing once', async () => {
  const skipped = { company_name: 'acme', external_id: '1', title: 'Engineer 1', location: '', attempt: 1 }
  const posting = {
    id: 5,
    company_name: 'acme',
    title: 'Engineer 1',
    url: 'https://a.example/1',
    location: 'Oslo',
  }
  const facts = { workplace: 'onsite', employment_type: 'full_time', posted_on: '2026-11-20', gone_at: null }
  server.use(
    http.get('*/api/ingestion/runs/17/jobs', () =>
      HttpResponse.json({
        jobs: [{ ...skipped, status: 'skipped', reason: 'unchanged', posting_id: 5, url: null }],
        next: null,
      }),
    ),
    http.get('*/api/jobs/5', () => HttpResponse.json({ ...posting, ...facts, department: null })),
  )
  const { send } = await open()
  send('status', 'ingesting')
  send('all_jobs', jobs('skipped'), '1')
  await userEvent.click(await screen.findByRole('button', { name: 'Engineer 1' }))
  const drawer = await screen.findByRole('dialog', { name: 'Engineer 1' })
  await within(drawer).findByText('acme · Oslo · On site · Full time · posted Nov 20, 2026')
  expect(within(drawer).getAllByText('Unchanged')).toHaveLength(1)
})

it('tries one job again from its drawer', async () => {
  const asked = vi.fn()
  server.use(
    http.post('*/api/ingestion/retry/17', async ({ request }) => {
      asked(await request.json())
      return HttpResponse.json({ run_id: 17, jobs: 1, boards: 0 })
    }),
  )
  const { send } = await open()
  send('status', 'ingesting')
  send('all_jobs', jobs('ready', 'error'), '1')
  await userEvent.click(await screen.findByRole('button', { name: 'Cook' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Retry' }))
  await waitFor(() =>
    expect(asked).toHaveBeenCalledWith({ jobs: [{ company_name: 'acme', external_id: '2' }] }),
  )
})

it('draws the lists together with what failed, which stands above them', async () => {
  const soon = setTimeout
  // However slow the machine: the page's patience does not end here.
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((then: () => void, ms?: number) =>
    ms === PATIENCE_MS ? 0 : soon(then, ms)) as typeof setTimeout)
  const lists = () => screen.queryByLabelText('Find in titles')
  const early = vi.fn()
  server.use(
    http.get('*/api/ingestion/status/17', () =>
      HttpResponse.json(wireRun({ counts: { error: 1 } as never })),
    ),
    http.get('*/api/ingestion/runs/17/jobs', async () => {
      await waitFor(() => expect(lists()).not.toBeNull(), { timeout: 300 }).then(early, () => {})
    }),
  )
  await open()
  await waitFor(() => expect(lists()).not.toBeNull())
  expect(screen.getByTestId('failed-kind').textContent).toContain('HTTP 429')
  expect(early).not.toHaveBeenCalled()
})

it('counts the time of a run from when a worker has begun with it', async () => {
  const now = Date.parse(wireRun().created_at) + 65_000
  vi.spyOn(Date, 'now').mockReturnValue(now)
  server.use(
    http.get('*/api/ingestion/status/17', () =>
      HttpResponse.json(wireRun({ status: 'pending', started_at: null })),
    ),
  )
  const { send } = await open()
  expect(await screen.findByText('waiting for a worker')).toBeTruthy()
  server.use(http.get('*/api/ingestion/status/17', () => HttpResponse.json(wireRun({ status: 'ingesting' }))))
  send('status', 'ingesting')
  expect(await screen.findByText('1 min 04 s')).toBeTruthy()
  expect(screen.queryByText('waiting for a worker')).toBeNull()
})

it('asks before it aborts', async () => {
  const aborted = vi.fn()
  server.use(
    http.post('*/api/ingestion/abort/17', () => {
      aborted()
      return HttpResponse.json({ success: true, message: 'Aborting.' })
    }),
  )
  const { send } = await open()
  send('status', 'ingesting')
  await userEvent.click(await screen.findByTestId('abort-button'))
  const dialog = screen.getByRole('dialog', { name: 'Abort run 17?' })
  expect(dialog.textContent).toContain('What is done stays')
  expect(aborted).not.toHaveBeenCalled()
  await userEvent.click(within(dialog).getByTestId('abort-confirm'))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(aborted).toHaveBeenCalledTimes(1)
})

it('says of an aborted run how much was left open, and shows none of it as under way', async () => {
  const { send } = await open('/runs/17?stay=true')
  send('status', 'ingesting')
  send('all_jobs', jobs('ready', 'crawling', 'pending', 'error'), '1')
  const bar = screen.getByTestId('run-progress')
  await waitFor(() => expect(bar.querySelector('[data-segment="crawling"]')).not.toBeNull())
  expect(screen.queryByText('2 left open')).toBeNull()
  server.use(
    http.get('*/api/ingestion/status/17', () =>
      HttpResponse.json(wireRun({ status: 'aborted', finished_at: '2026-01-02T03:05:06Z' })),
    ),
  )
  send('status', 'aborted', '9')
  expect(await screen.findByText('2 left open')).toBeTruthy()
  const row = (index: number) => screen.getAllByTestId('job-row')[index]?.firstElementChild?.textContent
  expect([0, 1, 2, 3].map(row)).toEqual(['Ready', 'Left open', 'Left open', 'Failed'])
  expect(screen.queryByRole('button', { name: /^(Pending|Crawling)/ })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Left open 2' }))
  await waitFor(() => expect(screen.getAllByTestId('job-row')).toHaveLength(2))
  expect(bar.querySelector('[data-segment="crawling"]')).toBeNull()
})

it('goes on to the summary by itself when the run has ended', async () => {
  const { router, send } = await open()
  send('status', 'ingesting')
  server.use(
    http.get('*/api/ingestion/status/17', () =>
      HttpResponse.json(wireRun({ status: 'finished', finished_at: '2026-01-02T03:05:06Z' })),
    ),
  )
  send('status', 'finished', '9')
  expect(await screen.findByRole('link', { name: 'Go to summary' })).toBeTruthy()
  expect(router.state.location.pathname).toBe('/runs/17')
  await waitFor(() => expect(router.state.location.pathname).toBe('/runs/17/summary'))
})

it('says so when there is no such run', async () => {
  server.use(
    http.get('*/api/ingestion/status/17', () =>
      problem(404, 'There is no run 17. Look at the list of runs.'),
    ),
  )
  renderApp('/runs/17')
  expect(await screen.findByText('There is no run 17. Look at the list of runs.')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'All runs' })).toBeTruthy()
})

it('finds jobs by status, company and title', () => {
  const held = [
    { company: 'a', externalId: '1', title: 'Go Engineer', status: 'ready' as const },
    { company: 'b', externalId: '2', title: 'Cook', status: 'error' as const },
  ]
  expect(filterJobs(held, {}, false)).toBe(held)
  expect(filterJobs(held, { q: 'engi' }, false)).toEqual([held[0]])
  expect(filterJobs(held, { company: 'b', status: 'error' }, false)).toEqual([held[1]])
  expect(filterJobs(held, { company: 'b', status: 'ready' }, false)).toEqual([])
})

it('goes to the first job with its key, whether or not anything happens', async () => {
  const { send } = await open()
  send('status', 'ingesting')
  send('all_jobs', jobs('ready', 'error', 'ready'), '1')
  await waitFor(() => expect(screen.getAllByTestId('job-row')).toHaveLength(3))
  await userEvent.keyboard('j')
  expect(document.activeElement?.closest('[data-external-id]')?.getAttribute('data-external-id')).toBe('1')
})
