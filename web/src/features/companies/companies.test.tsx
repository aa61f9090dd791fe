import { screen } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../test/app'
import { server } from '../../test/server'

const board = (company_name: string, change: object = {}) => ({
  company_name,
  source: `lever:${company_name}`,
  is_enabled: true,
  url: `https://jobs.example/${company_name}`,
  listed_at: null,
  openings: null,
  postings: 0,
  last_run: null,
  ...change,
})

it('shows each board, and those with trouble first', async () => {
  server.use(
    http.get('*/api/ingestion/board-health', () =>
      HttpResponse.json([
        board('acme', { openings: 1234, listed_at: '2026-01-02T03:04:05Z' }),
        board('globex', { is_enabled: false, url: 'javascript:alert(1)' }),
        board('initech', {
          openings: 1,
          last_run: { run_id: 17, status: 'error', reason: 'The board answered 404.', ended: true },
        }),
      ]),
    ),
  )
  renderApp('/companies')
  const rows = await screen.findAllByRole('listitem')
  expect(rows.map((row) => row.dataset.company)).toEqual(['initech', 'acme', 'globex'])
  expect(rows[0]?.textContent).toContain('The board answered 404.')
  expect(screen.getByRole('link', { name: 'Run 17' }).getAttribute('href')).toContain('/runs/17')
  expect(rows[1]?.textContent).toContain('1,234 openings')
  expect(screen.getByRole('link', { name: 'lever:acme' }).getAttribute('href')).toBe(
    'https://jobs.example/acme',
  )
  expect(rows[2]?.textContent).toContain('Switched off')
  expect(screen.queryByRole('link', { name: 'lever:globex' })).toBeNull()
})

it('leads on from an empty list', async () => {
  server.use(http.get('*/api/ingestion/board-health', () => HttpResponse.json([])))
  renderApp('/companies')
  expect((await screen.findByRole('link', { name: 'Choose companies' })).getAttribute('href')).toBe(
    '/configure',
  )
})
