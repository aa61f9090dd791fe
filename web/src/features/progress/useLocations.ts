import { useQuery } from '@tanstack/react-query'
import { getLocations } from '../../lib/api/runs'
import type { JobView } from '../../lib/stream/fold'
import { useDebounced } from '../../lib/useDebounced'
import { jobKey } from '../failures/group'

/** Nobody reads what flies by. */
const STANDS_STILL_MS = 150
const KEPT_MS = 60_000

const NOWHERE: ReadonlyMap<string, string> = new Map()

/**
 * Where the jobs in view are, by `jobKey`: the stream leaves it out, so it is asked for them alone, once the list stands
 * still. What has not come yet, or cannot be had, is left out.
 */
export function useLocations(runId: number, inView: readonly JobView[]): ReadonlyMap<string, string> {
  const names = JSON.stringify(inView.map(({ company, externalId }) => [company, externalId]))
  const asked = useDebounced(names, STANDS_STILL_MS)
  const locations = useQuery({
    queryKey: ['run', runId, 'locations', asked],
    queryFn: async ({ signal }) => {
      const jobs: [company: string, externalId: string][] = JSON.parse(asked)
      const found = await getLocations(runId, jobs, signal)
      return new Map(jobs.map((job, index) => [jobKey(...job), found[index] ?? '']))
    },
    enabled: asked !== '[]',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
    placeholderData: (previous) => previous,
  })
  return locations.data ?? NOWHERE
}
