import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { expect, it } from 'vitest'
import type { Reply } from '../../lib/api/boards'
import { renderApp } from '../../test/app'
import { wireBoard, wireDoubt } from '../../test/data'
import { problem, server } from '../../test/server'

it('shows each board, and those with trouble first', async () => {
  server.use(
    http.get('*/api/ingestion/boards', () =>
      HttpResponse.json([
        wireBoard('acme', { openings: 1234, listed_at: '2026-01-02T03:04:05Z' }),
        wireBoard('globex', { is_enabled: false, url: 'javascript:alert(1)' }),
        wireBoard('hooli', { postings: 29 }),
        wireBoard('initech', {
          openings: 1,
          last_run: {
            run_id: 17,
            status: 'error' as const,
            reason: 'The board answered 404.',
            ended: true,
            host: 'a.example',
          },
        }),
      ]),
    ),
  )
  renderApp('/companies')
  const rows = await screen.findAllByRole('listitem')
  expect(rows.map((row) => row.dataset.company)).toEqual(['initech', 'acme', 'globex', 'hooli'])
  expect(rows[0]?.textContent).toContain('The board answered 404.')
  expect(screen.getByRole('link', { name: 'Run 17' }).getAttribute('href')).toContain('/runs/17')
  expect(rows[1]?.textContent).toContain('1,234 openings')
  expect(screen.getByRole('link', { name: 'lever:acme' }).getAttribute('href')).toBe(
    'https://jobs.example/acme',
  )
  expect(rows[2]?.textContent).toContain('Switched off')
  expect(rows[2]?.textContent).toContain('Not listed yet')
  expect(rows[3]?.textContent).toContain('29 postings, never listed whole')
  expect(screen.queryByRole('link', { name: 'lever:globex' })).toBeNull()
})

it.each<[string, string, Reply, string]>([
  ['Yes, they are gone', 'accept', 'gone', 'will be called expired by the next run'],
  ['No, keep them', 'keep', 'kept', 'are kept, though the board lacks them'],
])('asks whether what a board lacks is gone: %s', async (button, way, reply, then) => {
  let doubt = wireDoubt()
  const asked: unknown[] = []
  server.use(
    http.get('*/api/ingestion/boards', () =>
      HttpResponse.json([wireBoard('bolt'), wireBoard('acme', { doubt })]),
    ),
    http.post(`*/api/ingestion/boards/${way}`, async ({ request }) => {
      asked.push(await request.json())
      doubt = wireDoubt(reply)
      return HttpResponse.json({ success: true, message: '' })
    }),
  )
  renderApp('/companies')
  const [first] = await screen.findAllByRole('listitem')
  expect(first?.textContent).toContain('7 postings seem gone. Is that so?')
  expect(first?.textContent).toContain('7 of 10 postings would go at once.')
  await userEvent.click(screen.getByRole('button', { name: button }))
  expect(await screen.findByText(then, { exact: false })).toBeTruthy()
  expect(asked).toEqual([{ company_name: 'acme' }])
  expect(screen.queryByRole('button', { name: button })).toBeNull()
  expect(screen.getAllByRole('button', { name: /gone|keep/ })).toHaveLength(1)
})

it('says until when a board is left alone, and asks it now where somebody wants that', async () => {
  const setback = { failures: 3, reason: 'The board answered 503.', retry_at: '2100-01-02T03:04:05Z' }
  const last_run = {
    run_id: 17,
    status: 'error' as const,
    reason: 'Not asked: leave it.',
    ended: true,
    host: 'a.example',
  }
  const started: unknown[] = []
  server.use(
    http.get('*/api/ingestion/boards', () => HttpResponse.json([wireBoard('acme', { setback, last_run })])),
    http.post('*/api/ingestion/start', async ({ request }) => {
      started.push(await request.json())
      return HttpResponse.json({ run_id: 18 })
    }),
    http.get(/\/api\/ingestion\/(status|logs|runs)\/18/, () => problem(404, 'Nothing here.')),
  )
  const router = renderApp('/companies')
  const row = await screen.findByRole('listitem')
  expect(row.textContent).toContain(
    'The board answered 503. It failed 3 times in a row. Runs leave it alone until',
  )
  expect(row.textContent).not.toContain('Not asked')
  await userEvent.click(screen.getByRole('button', { name: 'Ask it now' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/runs/18'))
  expect(started).toEqual([{ companies: ['acme'] }])
})

it('leads on from an empty list', async () => {
  server.use(http.get('*/api/ingestion/boards', () => HttpResponse.json([])))
  renderApp('/companies')
  expect((await screen.findByRole('link', { name: 'Choose companies' })).getAttribute('href')).toBe(
    '/configure',
  )
})
