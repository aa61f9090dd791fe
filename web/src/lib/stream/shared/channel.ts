/** What a tab and the worker that all tabs share say to each other. Both are of one build: its address has a hash in it. */

import type { Connection } from '../client'
import type { StreamEvent } from '../events'

export type FromTab =
  /** Show this run from `cursor` on ("": everything). One tab watches one run on one port. */
  | { readonly kind: 'watch'; readonly runId: number; readonly cursor: string }
  /** What this tab holds is wrong: send everything. */
  | { readonly kind: 'again' }
  | { readonly kind: 'hurry' }
  | { readonly kind: 'ping' }
  /** Tell of changes every so many ms, in one go, as it draws no sooner; 0: at once. */
  | { readonly kind: 'pace'; readonly ms: number }
  | { readonly kind: 'leave' }

export type FromWorker =
  /** Whole groups, or pieces of a snapshot. */
  | { readonly kind: 'events'; readonly events: readonly StreamEvent[] }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'report'; readonly text: string }
  /** The answer to `ping`; not `watching`: the worker has taken this tab for gone. */
  | { readonly kind: 'pong'; readonly watching: boolean }

/** One end of a port. */
export interface Channel<In, Out> {
  send(message: Out): void
  listen(listener: (message: In) => void): void
  close(): void
}

export function channelOf<In, Out>(port: MessagePort): Channel<In, Out> {
  return {
    send: (message) => port.postMessage(message),
    listen: (listener) => {
      port.addEventListener('message', (event: MessageEvent<In>) => listener(event.data))
      port.start()
    },
    close: () => port.close(),
  }
}
