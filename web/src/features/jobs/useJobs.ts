import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { getFacets, getJobs, type JobsFilter } from '../../lib/api/jobs'
import { queryKeys } from '../../lib/queries'

const FRESH_MS = 15_000
/** While the server still reads new postings for the search, their number is asked for so often. */
const READING_MS = 3000

/** The postings that a filter leaves, page by page, and the counts beside them. While new ones load, the old ones stay. */
export function useJobs(filter: JobsFilter) {
  const pages = useInfiniteQuery({
    queryKey: [...queryKeys.jobs, filter],
    queryFn: ({ pageParam, signal }) => getJobs(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
  })
  const facets = useQuery({
    queryKey: [...queryKeys.jobFacets, filter],
    queryFn: ({ signal }) => getFacets(filter, signal),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    refetchInterval: ({ state }) => (state.data && state.data.unindexed > 0 ? READING_MS : false),
  })
  const { refetch } = pages
  const unread = facets.data?.unindexed ?? 0
  const before = useRef(unread)
  useEffect(() => {
    if (unread < before.current) void refetch()
    before.current = unread
  }, [unread, refetch])
  // A posting whose day has changed between two pages is on both.
  const jobs = useMemo(() => {
    const all = pages.data?.pages.flatMap((page) => page.jobs) ?? []
    return [...new Map(all.map((job) => [job.id, job])).values()]
  }, [pages.data])
  return { pages, facets, jobs }
}
