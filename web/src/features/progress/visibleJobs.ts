import { useMemo } from 'react'
import { isOpen } from '../../lib/statuses'
import type { JobView } from '../../lib/stream/fold'
import type { RunSnapshot } from '../../lib/stream/store'
import { useThrottled } from '../../lib/useThrottled'
import type { ProgressSearch } from './search'

/** Rows that come and go under the pointer are hard to hit: with a status filter they do so once a second. */
const REFILTER_MS = 1000

/** `ended`: the run has, so that jobs that were left open are not told apart. */
export function filterJobs(
  jobs: readonly JobView[],
  { status, company, q }: ProgressSearch,
  ended: boolean,
): readonly JobView[] {
  const needle = q?.trim().toLowerCase() ?? ''
  if (status === undefined && company === undefined && needle === '') return jobs
  const anyLeft = ended && status !== undefined && isOpen(status)
  return jobs.filter(
    (job) =>
      (status === undefined || job.status === status || (anyLeft && isOpen(job.status))) &&
      (company === undefined || job.company === company) &&
      (needle === '' || job.title.toLowerCase().includes(needle)),
  )
}

export function useVisibleJobs(
  snapshot: RunSnapshot,
  search: ProgressSearch,
  ended: boolean,
): readonly JobView[] {
  const { status, company, q } = search
  const statuses = useThrottled(status === undefined ? 0 : snapshot.statusesVersion, REFILTER_MS)
  return useMemo(() => {
    // Only a status filter looks at statuses: without one, nothing but other jobs changes the list.
    void statuses
    const filter = {
      ...(status !== undefined && { status }),
      ...(company !== undefined && { company }),
      ...(q !== undefined && { q }),
    }
    return filterJobs(snapshot.jobs, filter, ended)
  }, [snapshot.jobs, statuses, status, company, q, ended])
}
