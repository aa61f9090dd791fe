import { api, dataOf } from './http'
import type { LogLineAnswer, LogPage } from './schema'

export type LogLine = LogLineAnswer
export type { LogPage }

/** The lines of a run's log after line `after`, in order, at most 1,000. */
export const getLogs = (runId: number, after: number, signal?: AbortSignal): Promise<LogPage> =>
  dataOf(
    api.GET('/api/ingestion/logs/{run_id}', {
      params: { path: { run_id: runId }, query: { after, limit: 1000 } },
      signal: signal ?? null,
    }),
  )
