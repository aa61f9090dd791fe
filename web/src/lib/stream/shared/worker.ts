/** The SharedWorker's entry: one for all tabs of this build. */

import { askServer, browserRunStream } from '../browser'
import { channelOf } from './channel'
import { Exchange } from './exchange'

const SWEEP_MS = 30_000

/** A server that cannot be asked refuses nobody: the stream itself will say. */
async function refusal(runId: number): Promise<string | null> {
  const verdict = await askServer(runId)
  return verdict.kind === 'refused' ? verdict.reason : null
}

const exchange = new Exchange(
  browserRunStream((text) => exchange.report(text)),
  refusal,
  Date.now,
)
setInterval(() => exchange.sweep(), SWEEP_MS)
self.addEventListener('connect', (event) => {
  if (event instanceof MessageEvent) for (const port of event.ports) exchange.welcome(channelOf(port))
})
