import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { type Job, type Mark, type Posting, setMark } from './api/jobs'
import type { JobPage } from './api/schema'
import { postingQuery, queryKeys } from './queries'

interface Change {
  readonly id: number
  readonly mark: Mark
  readonly on: boolean
}

/**
 * Mark postings as seen or starred. It shows at once, wherever the posting is shown; a list that is filtered by marks keeps
 * its rows until it is asked for again, so that nothing goes away under the pointer.
 */
export function useMarks() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, mark, on }: Change) => setMark(id, mark, on),
    onMutate: (change) => show(queries, change),
    onError: (_, change) => show(queries, { ...change, on: !change.on }),
    onSettled: () => {
      for (const queryKey of [queryKeys.jobs, queryKeys.jobFacets])
        void queries.invalidateQueries({ queryKey, refetchType: 'none' })
    },
  })
}

function show(queries: QueryClient, { id, mark, on }: Change): void {
  const changed = <One extends Job>(job: One): One => (job.id === id ? { ...job, [mark]: on } : job)
  queries.setQueryData<Posting>(postingQuery(id).queryKey, (posting) => posting && changed(posting))
  queries.setQueriesData<InfiniteData<JobPage>>(
    { queryKey: queryKeys.jobs },
    (data) =>
      data && { ...data, pages: data.pages.map((page) => ({ ...page, jobs: page.jobs.map(changed) })) },
  )
}
