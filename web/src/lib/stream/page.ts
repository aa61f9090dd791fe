/** The stream as a page uses it: through the worker that all tabs share, where the browser has such a thing. */

import type { RunStream } from './client'
import { lateStream } from './lateStream'
import { channelOf } from './shared/channel'
import { sharedRunStream, type WorkerLine } from './shared/tab'
import { present, visible, whileWanted } from './whileWanted'

// biome-ignore lint/suspicious/noConsole: a view that was wrong has healed, but somebody should know
const report = (text: string) => console.error(`Jobwire: ${text}`)

const FETCH_AFTER_MS = 3000

function joinWorker(): WorkerLine {
  const worker = new SharedWorker(new URL('./shared/worker.ts', import.meta.url), {
    type: 'module',
    name: 'jobwire-stream',
  })
  return {
    channel: channelOf(worker.port),
    onError: (listener) => worker.addEventListener('error', listener),
  }
}

function pageStream(): RunStream {
  // Most browsers never need it: they have the worker. It is fetched all the same, once the page is there: when the
  // worker dies, the server may be away.
  const load = async () => (await import('./browser')).browserRunStream(report)
  const alone = whileWanted(lateStream(load), visible(document))
  if (typeof SharedWorker === 'undefined') return alone
  window.addEventListener('load', () => setTimeout(() => load().catch(() => {}), FETCH_AFTER_MS), {
    once: true,
  })
  // A worker is not told that a tab was closed.
  return whileWanted(sharedRunStream({ join: joinWorker, alone, now: Date.now, report }), present(window))
}

export const pageRunStream = pageStream()
