import type { Doubt, FollowedBoard, Reply } from '../lib/api/boards'
import type { ListedCompany, Run } from '../lib/api/runs'
import type { StreamSink } from '../lib/stream/client'
import { parseStreamEvent } from '../lib/stream/events'

export const wireRun = (change: Partial<Run> = {}) => ({
  run_id: 17,
  status: 'ingesting',
  counts: {},
  total_jobs: 0,
  changed_jobs: 0,
  created_at: '2026-01-02T03:04:05Z',
  started_at: '2026-01-02T03:04:06Z',
  finished_at: null,
  error_message: null,
  companies: 1,
  failed_companies: 0,
  retry_of: null,
  retried_in: null,
  version: 1,
  ...change,
})

export const wireCompany = (
  company_name: string,
  change: Partial<Omit<ListedCompany, 'counts'>> & { counts?: object } = {},
) => ({
  company_name,
  source: `demo:${company_name}`,
  title_filters: { include: [], exclude: [] },
  began_at: null,
  settled_at: null,
  status: 'crawling',
  reason: null,
  counts: {},
  total_jobs: 0,
  changed_jobs: 0,
  ...change,
})

export const wireBoard = (company_name: string, change: Partial<FollowedBoard> = {}): FollowedBoard => ({
  company_name,
  source: `lever:${company_name}`,
  is_enabled: true,
  url: `https://jobs.example/${company_name}`,
  listings: 0,
  listed_at: null,
  openings: null,
  postings: 0,
  doubt: null,
  setback: null,
  last_run: null,
  ...change,
})

/** A board of ten that suddenly lists three. */
export const wireDoubt = (reply: Reply | null = null): Doubt => ({
  guard: 'shrunk',
  question: '',
  why: '7 of 10 postings would go at once',
  listed: 3,
  missing: 7,
  since: '2026-01-02T03:04:05Z',
  seen: 2,
  needed: 3,
  reply,
})

/** Feed a sink as a stream would. */
export const feed = (sink: StreamSink, event: string, data: unknown, id = '') =>
  sink.apply(parseStreamEvent(event, typeof data === 'string' ? data : JSON.stringify(data), id))
