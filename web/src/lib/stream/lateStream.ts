/** A stream whose code is fetched only where it is needed. */

import type { RunStream, Subscription } from './client'

/** Code that could not be fetched is asked for again after so long. */
export const AGAIN_MS = 2000

export function lateStream(load: () => Promise<RunStream>): RunStream {
  return {
    subscribe(runId, sink): Subscription {
      let inner: Subscription | null = null
      let stopped = false
      let timer: ReturnType<typeof setTimeout> | undefined
      const begin = () => {
        load().then(
          (stream) => {
            if (!stopped) inner = stream.subscribe(runId, sink)
          },
          () => {
            if (!stopped) timer = setTimeout(begin, AGAIN_MS)
          },
        )
      }
      begin()
      return {
        stop() {
          stopped = true
          clearTimeout(timer)
          inner?.stop()
        },
        hurry: () => inner?.hurry(),
      }
    },
  }
}
