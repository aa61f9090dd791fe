/** The stream as a page uses it: through the worker that all tabs share, where the browser has such a thing. */

import { browserRunStream } from './browser'
import type { RunStream } from './client'
import { channelOf } from './shared/channel'
import { sharedRunStream, type WorkerLine } from './shared/tab'
import { present, visible, whileWanted } from './whileWanted'

// biome-ignore lint/suspicious/noConsole: a view that was wrong has healed, but somebody should know
const report = (text: string) => console.error(`Jobwire: ${text}`)

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
  const alone = whileWanted(browserRunStream(report), visible(document))
  if (typeof SharedWorker === 'undefined') return alone
  // A worker is not told that a tab was closed.
  return whileWanted(sharedRunStream({ join: joinWorker, alone, now: Date.now, report }), present(window))
}

export const pageRunStream = pageStream()
