import { useEffect, useState } from 'react'
import { getLogs, type LogPage } from '../../lib/api/logs'
import type { RunStore } from '../../lib/stream/store'

/** The last lines of a run may be written just after its end, and the stream is over by then. */
export const AFTER_THE_END_MS = 1000

/** Asks for what came after the end, once. Returns why that failed, if it did. */
export function useLastLines(runId: number, store: RunStore, ended: boolean): string | null {
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    if (!ended) return
    const abort = new AbortController()
    const fetch = (after: number) => getLogs(runId, after, abort.signal)
    const timer = setTimeout(() => {
      setProblem(null)
      fetchLines(store, fetch).catch((error: unknown) => {
        if (!abort.signal.aborted) setProblem(error instanceof Error ? error.message : String(error))
      })
    }, AFTER_THE_END_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [runId, store, ended])
  return problem
}

/** All lines after the newest one that is held, page by page. */
export async function fetchLines(store: RunStore, fetch: (after: number) => Promise<LogPage>): Promise<void> {
  let page: LogPage
  do {
    page = await fetch(store.lastSeq)
    store.addLog(page.logs)
  } while (page.more && page.logs.length > 0)
}
