/** The stream as the page uses it: the browser's own `EventSource`, clock and dice. */

import { ApiError } from '../api/http'
import { getRun } from '../api/runs'
import { issueTicket } from '../api/tickets'
import { hasEnded } from '../statuses'
import { eventSourceStream } from './client'
import type { Verdict } from './modes'
import { Tickets } from './tickets'

async function askServer(runId: number): Promise<Verdict> {
  try {
    const run = await getRun(runId)
    return { kind: hasEnded(run.status) ? 'ended' : 'running' }
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 404))
      return { kind: 'refused', reason: error.message }
    return { kind: 'unreachable' }
  }
}

export const browserRunStream = eventSourceStream({
  open: (url) => new EventSource(url),
  tickets: new Tickets(issueTicket, Date.now),
  ask: askServer,
  random: Math.random,
  now: Date.now,
  // biome-ignore lint/suspicious/noConsole: a view that was wrong has healed, but somebody should know
  report: (text) => console.error(`Jobwire: ${text}`),
})
