import * as v from 'valibot'
import { request, withQuery } from './http'

export const LogLineWire = v.object({
  seq: v.number(),
  at: v.string(),
  level: v.picklist(['info', 'warning', 'error']),
  company: v.nullable(v.string()),
  external_id: v.nullable(v.string()),
  message: v.string(),
})
export type LogLine = v.InferOutput<typeof LogLineWire>

const LogPageWire = v.object({ logs: v.array(LogLineWire), last_seq: v.number(), more: v.boolean() })
export type LogPage = v.InferOutput<typeof LogPageWire>

/** The lines of a run's log after line `after`, in order, at most 1,000. */
export const getLogs = (runId: number, after: number, signal?: AbortSignal): Promise<LogPage> =>
  request(withQuery(`/api/ingestion/logs/${runId}`, { after, limit: 1000 }), LogPageWire, { signal })
