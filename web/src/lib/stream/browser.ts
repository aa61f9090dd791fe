/** The stream on what the browser has, in a page or in a worker: `EventSource`, clock and dice. */

import { ApiError } from '../api/http'
import { getRun } from '../api/runs'
import { issueTicket } from '../api/tickets'
import { hasEnded } from '../statuses'
import { eventSourceStream, type RunStream } from './client'
import type { Verdict } from './modes'
import { Tickets } from './tickets'

/** How a run is, for whoever is signed in now. */
export async function askServer(runId: number): Promise<Verdict> {
  try {
    const run = await getRun(runId)
    return { kind: hasEnded(run.status) ? 'ended' : 'running' }
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 404))
      return { kind: 'refused', reason: error.message }
    return { kind: 'unreachable' }
  }
}

/** @param report hears of what is wrong and heals by itself, but should not have been */
export const browserRunStream = (report: (text: string) => void): RunStream =>
  eventSourceStream({
    open: (url) => new EventSource(url),
    tickets: new Tickets(issueTicket, Date.now),
    ask: askServer,
    random: Math.random,
    now: Date.now,
    report,
  })
