/** Streams that are closed for a while, and go on from their cursor. */

import type { RunStream, StreamSink, Subscription } from './client'

/** Something that is so or not, and says when that changes. */
export interface Condition {
  holds(): boolean
  /** Returns how to stop listening. */
  listen(listener: () => void): () => void
}

/** `stream` while the condition holds. */
export function whileWanted(stream: RunStream, condition: Condition): RunStream {
  return {
    subscribe(runId: number, sink: StreamSink): Subscription {
      let inner: Subscription | null = null
      const stop = () => {
        inner?.stop()
        inner = null
      }
      const follow = () => {
        if (!condition.holds()) stop()
        else inner ??= stream.subscribe(runId, sink)
      }
      follow()
      const stopListening = condition.listen(follow)
      return {
        stop() {
          stopListening()
          stop()
        },
        hurry: () => inner?.hurry(),
      }
    },
  }
}

/** Somebody can see the page. */
export const visible = (page: Document): Condition => ({
  holds: () => page.visibilityState !== 'hidden',
  listen(listener) {
    page.addEventListener('visibilitychange', listener)
    return () => page.removeEventListener('visibilitychange', listener)
  },
})

/** The page is there: it was not closed, nor put aside for whoever may go back to it. */
export function present(view: Window): Condition {
  let isThere = true
  return {
    holds: () => isThere,
    listen(listener) {
      const note = (event: Event) => {
        isThere = event.type === 'pageshow'
        listener()
      }
      view.addEventListener('pagehide', note)
      view.addEventListener('pageshow', note)
      return () => {
        view.removeEventListener('pagehide', note)
        view.removeEventListener('pageshow', note)
      }
    },
  }
}
