import * as v from 'valibot'
import { request } from './http'

/** What of a run to try again, as far as it failed; empty: everything. */
export interface RetryWish {
  readonly companies?: readonly string[]
  readonly jobs?: readonly { readonly company_name: string; readonly external_id: string }[]
}

const RetriedWire = v.object({ run_id: v.number(), jobs: v.number(), boards: v.number() })
/** The run that tries again: the same one, or a new one where that had ended. */
export type Retried = v.InferOutput<typeof RetriedWire>

/** @throws ApiError 409 with the `runId` of another run that is active, 422 when nothing of it has failed */
export const retryRun = (runId: number, wish: RetryWish): Promise<Retried> =>
  request(`/api/ingestion/retry/${runId}`, RetriedWire, { method: 'POST', body: wish })
