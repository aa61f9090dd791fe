import type { Ticket } from '../stream/tickets'
import { api, dataOf } from './http'

/** A ticket for the stream of one run, good for up to 15 minutes. @throws ApiError 404 for a run that is not ours */
export async function issueTicket(runId: number): Promise<Ticket> {
  const params = { path: { run_id: runId } }
  const { token, expires_at } = await dataOf(api.POST('/api/ingestion/progress/{run_id}/ticket', { params }))
  return { token, expiresAt: Date.parse(expires_at) }
}
