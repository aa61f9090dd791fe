import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { JobCounts, JobStatus } from '../statuses'
import type { RunStream, Subscription } from './client'
import type { JobView } from './fold'
import { pageRunStream } from './page'
import { type RunSnapshot, RunStore } from './store'

/** Which stream the pages watch: a test gives its own. */
export const RunStreamContext = createContext<RunStream>(pageRunStream)

/** A run's store, and what a person may do about the stream that feeds it. */
export interface RunFeed {
  readonly store: RunStore
  /** Nothing moves: the stream is closed, and goes on from its cursor. */
  readonly paused: boolean
  setPaused(paused: boolean): void
  /** Reconnect now, where it waits to. */
  hurry(): void
}

/** The feed of one run while the component is mounted. Mount one for each run (`key={runId}`). */
export function useRunFeed(runId: number): RunFeed {
  const stream = useContext(RunStreamContext)
  const [store] = useState(() => new RunStore())
  const [paused, setPaused] = useState(false)
  const subscription = useRef<Subscription | null>(null)
  const hurry = useCallback(() => subscription.current?.hurry(), [])
  useEffect(() => {
    if (paused) return
    const held = stream.subscribe(runId, store)
    subscription.current = held
    return () => {
      subscription.current = null
      held.stop()
    }
  }, [stream, runId, store, paused])
  useEffect(() => {
    window.addEventListener('online', hurry)
    return () => window.removeEventListener('online', hurry)
  }, [hurry])
  return useMemo(() => ({ store, paused, setPaused, hurry }), [store, paused, hurry])
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
