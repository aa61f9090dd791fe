import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { JobCounts, JobStatus } from '../statuses'
import type { RunStream } from './client'
import type { JobView } from './fold'
import { pageRunStream } from './page'
import { type RunSnapshot, RunStore } from './store'

/** Which stream the pages watch: a test gives its own. */
export const RunStreamContext = createContext<RunStream>(pageRunStream)

/** The store of one run, fed while the component is mounted. Mount one for each run (`key={runId}`). */
export function useRunStore(runId: number): RunStore {
  const stream = useContext(RunStreamContext)
  const [store] = useState(() => new RunStore())
  useEffect(() => {
    const subscription = stream.subscribe(runId, store)
    return () => subscription.stop()
  }, [stream, runId, store])
  return store
}

export const useRunSnapshot = (store: RunStore): RunSnapshot =>
  useSyncExternalStore(store.subscribe, store.getSnapshot)

export function useJobStatus(store: RunStore, job: JobView): JobStatus {
  const subscribe = useCallback((listener: () => void) => store.subscribeJob(job, listener), [store, job])
  return useSyncExternalStore(subscribe, () => job.status)
}

export function useCompanyCounts(store: RunStore, company: string): JobCounts | null {
  const subscribe = useCallback(
    (listener: () => void) => store.subscribeCompany(company, listener),
    [store, company],
  )
  return useSyncExternalStore(subscribe, () => store.company(company))
}
