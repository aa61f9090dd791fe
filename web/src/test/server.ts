import { HttpResponse, http, type JsonBodyType } from 'msw'
import { setupServer } from 'msw/node'

/** Answers like Jobwire for somebody who is signed in, follows nobody and has no runs. A test adds what it needs. */
export const server = setupServer(
  http.get('*/api/session', () => HttpResponse.json({ email: 'me@localhost' })),
  http.get('*/api/ingestion/current-run', () => HttpResponse.json({ run_id: null })),
  http.get('*/api/ingestion/runs', () => HttpResponse.json({ runs: [], next: null })),
  http.get('*/api/ingestion/settings', () => HttpResponse.json([])),
  http.get('*/api/ingestion/boards', () => HttpResponse.json([])),
  http.get('*/api/ingestion/companies', () => HttpResponse.json([])),
)

export const problem = (status: number, detail: string, more: Record<string, JsonBodyType> = {}) =>
  HttpResponse.json(
    { type: 'about:blank', title: 'Problem', status, detail, ...more },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  )
