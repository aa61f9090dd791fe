import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { expect, it, vi } from 'vitest'
import { renderApp } from '../test/app'
import { wireRun } from '../test/data'
import { problem, server } from '../test/server'

it('tells who is not signed in how to sign in, at whatever address', async () => {
  server.use(http.get('*/api/session', () => problem(401, 'Nobody is signed in.')))
  renderApp('/configure')
  expect(await screen.findByText('.venv/bin/jobwire token --link')).toBeTruthy()
  server.use(http.get('*/api/session', () => HttpResponse.json({ email: 'me@localhost' })))
  screen.getByRole('button', { name: 'Check again' }).click()
  expect(await screen.findByText('me@localhost')).toBeTruthy()
})

it('asks for a sign-in when the session has run out', async () => {
  server.use(http.get('*/api/ingestion/settings', () => problem(401, 'The session has run out.')))
  renderApp('/configure')
  expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeTruthy()
})

it.each([
  ['the run that is going', 17, [], '/runs/17'],
  ['the newest run', null, [wireRun({ run_id: 16, status: 'finished' })], '/runs/16/summary'],
  ['the beginning', null, [], '/configure'],
])('leads from / to %s', async (_what, run_id, runs, path) => {
  server.use(
    http.get('*/api/ingestion/current-run', () => HttpResponse.json({ run_id })),
    http.get('*/api/ingestion/runs', () => HttpResponse.json({ runs, next: null })),
    http.get(/\/api\/ingestion\/(status|logs|runs)\/1[67]/, () => problem(404, 'Nothing here.')),
  )
  const router = renderApp('/')
  await waitFor(() => expect(router.state.location.pathname).toBe(path))
})

it('signs out', async () => {
  const signedOut = vi.fn()
  server.use(
    http.delete('*/api/session', () => {
      signedOut()
      return new HttpResponse(null, { status: 204 })
    }),
  )
  renderApp('/configure')
  await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }))
  expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeTruthy()
  expect(signedOut).toHaveBeenCalledTimes(1)
})

it('lists the runs', async () => {
  server.use(
    http.get('*/api/ingestion/runs', () =>
      HttpResponse.json({
        runs: [
          wireRun({ run_id: 18, status: 'pending', started_at: null }),
          wireRun(),
          wireRun({ run_id: 16, status: 'finished', finished_at: '2026-01-02T03:04:09Z' }),
        ],
        next: null,
      }),
    ),
  )
  renderApp('/runs')
  expect((await screen.findByRole('link', { name: 'Run 17' })).getAttribute('href')).toBe('/runs/17')
  expect(screen.getByRole('link', { name: 'Run 16' }).getAttribute('href')).toBe('/runs/16/summary')
  const took = screen.getAllByRole('row').map((row) => row.querySelector('[data-label="Took"]')?.textContent)
  expect(took.slice(1)).toEqual(['waiting for a worker', 'still going', '3 s'])
  expect(screen.getByRole('link', { name: 'New run' }).getAttribute('href')).toBe('/configure')
})

it('leads on from an empty list of runs, and from no page, without promising a run that is not there', async () => {
  server.use(http.get('*/api/ingestion/runs', () => HttpResponse.json({ runs: [], next: null })))
  renderApp('/runs')
  expect((await screen.findByRole('link', { name: 'Choose companies' })).getAttribute('href')).toBe(
    '/configure',
  )
  expect(screen.queryByRole('link', { name: 'New run' })).toBeNull()
  cleanup()
  renderApp('/nowhere')
  expect((await screen.findByRole('link', { name: 'To the newest run' })).getAttribute('href')).toBe('/')
})

it('asks for the run before it knows who is there, to draw its page at once', async () => {
  const run = vi.fn()
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  server.use(
    http.get('*/api/session', async () => {
      await answered
      return HttpResponse.json({ email: 'me@localhost' })
    }),
    http.get('*/api/ingestion/status/17', () => {
      run()
      return HttpResponse.json(wireRun())
    }),
  )
  renderApp('/runs/17')
  await waitFor(() => expect(run).toHaveBeenCalledTimes(1))
  expect(screen.queryByRole('heading', { name: 'Run 17' })).toBeNull()
  answer()
  expect(await screen.findByRole('heading', { name: 'Run 17' })).toBeTruthy()
})
