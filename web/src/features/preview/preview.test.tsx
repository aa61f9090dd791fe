import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../test/app'
import { server } from '../../test/server'
import { AT_ONCE } from './usePreview'

const names = Array.from({ length: 9 }, (_, index) => `c${index}`)

const success = (company: string) => ({
  [company]: {
    status: 'success',
    total_count: 3,
    filtered_count: 2,
    urls_count: 2,
    included_jobs: [
      { id: '1', title: `Engineer at ${company}`, location: 'Here', url: 'https://a.example/1', known: true },
      { id: '2', title: 'Other engineer', location: null, url: null, known: false },
    ],
    excluded_jobs: [{ id: '3', title: 'Cook', location: null, url: null, known: false }],
    notes: company === 'c1' ? ['Only the first 200 pages of the listing were read.'] : [],
    error_message: null,
  },
})

it('asks company by company, a few at a time, and retries what failed', async () => {
  let open = 0
  let mostOpen = 0
  let broken = true
  server.use(
    http.get('*/api/ingestion/settings', () =>
      HttpResponse.json(
        names.map((company_name) => ({
          company_name,
          source: `demo:${company_name}`,
          title_filters: { include: [], exclude: [] },
          is_enabled: company_name !== 'c8',
        })),
      ),
    ),
    http.post('*/api/ingestion/dry-run', async ({ request }) => {
      const { companies } = (await request.json()) as { companies: string[] }
      expect(companies).toHaveLength(1)
      const company = companies[0] ?? ''
      open += 1
      mostOpen = Math.max(mostOpen, open)
      await new Promise((resolve) => setTimeout(resolve, 5))
      open -= 1
      if (company === 'c3' && broken) {
        const failed = {
          ...success(company)[company],
          status: 'error',
          error_message: 'The board answered 404.',
        }
        return HttpResponse.json({ [company]: failed })
      }
      return HttpResponse.json(success(company))
    }),
  )
  renderApp('/preview')
  expect(await screen.findByText('The board answered 404.')).toBeTruthy()
  await waitFor(() => expect(screen.getByTestId('start-run').textContent).toBe('Start run (14 jobs)'))
  expect(mostOpen).toBeLessThanOrEqual(AT_ONCE)
  expect(screen.getByText(/Nothing is saved/)).toBeTruthy()

  const notes = screen.getAllByText('Only the first 200 pages of the listing were read.')
  expect(notes.map((note) => note.closest('[data-company]')?.getAttribute('data-company'))).toEqual(['c1'])

  broken = false
  await userEvent.click(screen.getByRole('button', { name: 'Retry' }))
  await waitFor(() => expect(screen.getByTestId('start-run').textContent).toBe('Start run (16 jobs)'))
  expect(screen.queryByText('The board answered 404.')).toBeNull()

  await userEvent.click(screen.getByText('c0'))
  expect(await screen.findByText('Engineer at c0')).toBeTruthy()
  expect(screen.getByText('Cook')).toBeTruthy()
  expect(screen.getByText('of them known already').nextSibling?.textContent).toBe('8')
  const rows = ['Engineer at c0', 'Other engineer', 'Cook'].map((title) =>
    screen.getByText(title).closest('li'),
  )
  expect(rows.map((row) => row?.textContent?.includes('New'))).toEqual([false, true, false])
})

it('marks the terms, and filters anew without asking the board again', async () => {
  let asked = 0
  let filters = { include: ['engineer'], exclude: [] as string[] }
  server.use(
    http.get('*/api/ingestion/settings', () =>
      HttpResponse.json([
        { company_name: 'c1', source: 'demo:c1', title_filters: filters, is_enabled: true },
      ]),
    ),
    http.post('*/api/ingestion/dry-run', () => {
      asked += 1
      return HttpResponse.json(success('c1'))
    }),
    http.post('*/api/ingestion/settings', async ({ request }) => {
      const [item] = (await request.json()) as { title_filters: typeof filters }[]
      filters = item?.title_filters ?? filters
      return HttpResponse.json([
        { op: 'upsert', company_name: 'c1', source: 'demo:c1', success: true, error: null },
      ])
    }),
    http.post('*/api/ingestion/titles', async ({ request }) => {
      const body = (await request.json()) as { title_filters: typeof filters; titles: string[] }
      const left = body.title_filters.exclude.includes('other')
      return HttpResponse.json(
        body.titles.map((title) => {
          if (left && title.startsWith('Other')) return { kept: false, term: 'other', start: 0, end: 5 }
          if (title.startsWith('Engineer')) return { kept: true, term: 'engineer', start: 0, end: 8 }
          return { kept: title !== 'Cook', term: null, start: null, end: null }
        }),
      )
    }),
  )
  renderApp('/preview')
  await userEvent.click(await screen.findByText('c1'))
  await waitFor(() => expect(document.querySelector('mark')?.textContent).toBe('Engineer'))
  await userEvent.type(screen.getByLabelText('Never with for c1'), 'other{enter}')
  await waitFor(() => expect(screen.getByTestId('start-run').textContent).toBe('Start run (1 job)'))
  expect(screen.getByText('Left out (2)')).toBeTruthy()
  expect(filters).toEqual({ include: ['engineer'], exclude: ['other'] })
  expect(asked).toBe(1)
})
