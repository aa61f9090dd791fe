import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../test/app'
import { problem, server } from '../../test/server'
import { readLines, suggest } from './lines'

const follow = (company_name: string) => ({
  company_name,
  source: `greenhouse:${company_name}`,
  title_filters: { include: [], exclude: [] },
  is_enabled: true,
})

/** A server that follows `names`, refuses what holds "bad", and notes what was posted. */
function serve(names: string[]) {
  const follows = names.map(follow)
  const posted: unknown[] = []
  server.use(
    http.get('*/api/ingestion/settings', () => HttpResponse.json(follows)),
    http.post('*/api/ingestion/settings', async ({ request }) => {
      const items = (await request.json()) as { op: string; source?: string; company_name?: string }[]
      posted.push(...items)
      return HttpResponse.json(
        items.map(({ op, source, company_name }) =>
          source?.includes('bad')
            ? { op, company_name: null, source, success: false, error: 'No such careers system.' }
            : {
                op,
                company_name: company_name ?? 'acme',
                source: source ?? null,
                success: true,
                error: null,
              },
        ),
      )
    }),
  )
  return posted
}

it('adds many lines at once, and keeps those that were refused', async () => {
  const posted = serve([])
  renderApp('/configure')
  const input = await screen.findByTestId('add-companies-input')
  await userEvent.type(input, 'greenhouse:acme{enter}{enter}bad:one{enter}')
  await userEvent.click(screen.getByTestId('add-companies-submit'))
  const results = await screen.findByRole('list', { name: /taken for/ })
  expect(within(results).getByText(/was added as/).textContent).toContain('acme')
  expect(results.textContent).toContain('No such careers system.')
  expect(input).toHaveProperty('value', 'bad:one')
  expect(posted).toEqual([
    { op: 'upsert', source: 'greenhouse:acme' },
    { op: 'upsert', source: 'bad:one' },
  ])
})

it('adds a filter term with Enter and takes a company out, with a way back', async () => {
  const posted = serve(['acme', 'globex'])
  renderApp('/configure')
  await userEvent.type(await screen.findByLabelText('Only with for acme'), 'engineer{enter}')
  await waitFor(() =>
    expect(posted).toContainEqual({
      op: 'upsert',
      company_name: 'acme',
      title_filters: { include: ['engineer'], exclude: [] },
    }),
  )
  await userEvent.click(screen.getByRole('button', { name: 'Delete globex' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() =>
    expect(posted.slice(1)).toEqual([
      { op: 'delete', company_name: 'globex' },
      { op: 'upsert', ...follow('globex') },
    ]),
  )
})

it('goes to the run that is active instead of starting a second one', async () => {
  serve(['acme'])
  server.use(
    http.post('*/api/ingestion/start', () => problem(409, 'Run 17 is still active.', { run_id: 17 })),
    http.get('*/api/ingestion/status/17', () => problem(404, 'No such run.')),
    http.get('*/api/ingestion/runs/17/companies', () => problem(404, 'No such run.')),
    http.get('*/api/ingestion/logs/17', () => problem(404, 'No such run.')),
  )
  const router = renderApp('/configure')
  await userEvent.click(await screen.findByTestId('start-run'))
  await waitFor(() => expect(router.state.location.pathname).toBe('/runs/17'))
})

it('shows what the server says when a run cannot start', async () => {
  serve(['acme'])
  server.use(http.post('*/api/ingestion/start', () => problem(422, 'No company is enabled. Enable one.')))
  renderApp('/configure')
  await userEvent.click(await screen.findByTestId('start-run'))
  expect(await screen.findByText('No company is enabled. Enable one.')).toBeTruthy()
})

it('looks bare names up among the known companies', () => {
  const choices = [
    { company_name: 'Stripe', source: 'greenhouse:stripe', followed: false },
    { company_name: 'Pinstripe', source: 'lever:pin', followed: false },
    { company_name: 'Strava', source: 'lever:strava', followed: true },
  ]
  expect(readLines(' stripe \n\nlever:x\nlever:x', choices)).toEqual([
    { text: 'stripe', change: { op: 'upsert', company_name: 'Stripe', source: 'greenhouse:stripe' } },
    { text: 'lever:x', change: { op: 'upsert', source: 'lever:x' } },
  ])
  expect(suggest('lever:x\nstr', choices, 5).map((choice) => choice.company_name)).toEqual([
    'Stripe',
    'Pinstripe',
  ])
})
