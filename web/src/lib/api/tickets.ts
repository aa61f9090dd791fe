import * as v from 'valibot'
import type { Ticket } from '../stream/tickets'
import { request } from './http'

const TicketWire = v.object({ token: v.string(), expires_at: v.string() })

/** A ticket for the stream of one run, good for up to 15 minutes. @throws ApiError 404 for a run that is not ours */
export async function issueTicket(runId: number): Promise<Ticket> {
  const path = `/api/ingestion/progress/${runId}/ticket`
  const { token, expires_at } = await request(path, TicketWire, { method: 'POST', body: {} })
  return { token, expiresAt: Date.parse(expires_at) }
}
