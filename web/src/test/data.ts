import type { ListedCompany, Run } from '../lib/api/runs'
import type { StreamSink } from '../lib/stream/client'
import { parseStreamEvent } from '../lib/stream/events'

export const wireRun = (change: Partial<Run> = {}) => ({
  run_id: 17,
  status: 'ingesting',
  counts: {},
  total_jobs: 0,
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
  ...change,
})

/** Feed a sink as a stream would. */
export const feed = (sink: StreamSink, event: string, data: unknown, id = '') =>
  sink.apply(parseStreamEvent(event, typeof data === 'string' ? data : JSON.stringify(data), id))
