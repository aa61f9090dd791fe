/** The SharedWorker's entry: one for all tabs of this build. */

import { browserRunStream } from '../browser'
import { channelOf } from './channel'
import { Exchange } from './exchange'

const SWEEP_MS = 30_000

const exchange = new Exchange(
  browserRunStream((text) => exchange.report(text)),
  Date.now,
)
setInterval(() => exchange.sweep(), SWEEP_MS)
self.addEventListener('connect', (event) => {
  if (event instanceof MessageEvent) for (const port of event.ports) exchange.welcome(channelOf(port))
})
