/** Facts about the server, and about the boards of the companies that are followed. */

import * as v from 'valibot'
import { COMPANY_STATUSES } from '../statuses'
import { request } from './http'

const FactsWire = v.object({
  version: v.string(),
  keep_runs_days: v.number(),
  stand_ins: v.record(v.string(), v.string()),
})
export type ServerFacts = v.InferOutput<typeof FactsWire>

const BoardWire = v.object({
  company_name: v.string(),
  source: v.string(),
  is_enabled: v.boolean(),
  url: v.nullable(v.string()),
  listed_at: v.nullable(v.string()),
  openings: v.nullable(v.number()),
  postings: v.number(),
  last_run: v.nullable(
    v.object({
      run_id: v.number(),
      status: v.picklist(COMPANY_STATUSES),
      reason: v.nullable(v.string()),
      ended: v.boolean(),
    }),
  ),
})
export type FollowedBoard = v.InferOutput<typeof BoardWire>

export const getServerFacts = (signal?: AbortSignal): Promise<ServerFacts> =>
  request('/api/server', FactsWire, { signal })

export const getFollowedBoards = (signal?: AbortSignal): Promise<FollowedBoard[]> =>
  request('/api/ingestion/board-health', v.array(BoardWire), { signal })
