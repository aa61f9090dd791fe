/** What the pages ask the server for, named in one place so that one page can renew what another one shows. */

import { queryOptions } from '@tanstack/react-query'
import { getFollowedBoards } from './api/boards'
import { getCompanyChoices, getFollows, type TitleFilters } from './api/follows'
import { getPosting } from './api/jobs'
import { getCurrentRunId, getFailedJobs, getRun, getRunCompanies, getRuns } from './api/runs'
import { getServerFacts } from './api/server'
import { getSession } from './api/session'
import { judgeTitles } from './api/titles'

export const queryKeys = {
  boards: ['boards'],
  server: ['server'],
  verdicts: ['verdicts'],
  session: ['session'],
  follows: ['follows'],
  choices: ['choices'],
  currentRun: ['current-run'],
  runs: ['runs'],
  run: (runId: number) => ['run', runId],
  runCompanies: (runId: number) => ['run', runId, 'companies'],
  jobs: ['jobs'],
  jobFacets: ['job-facets'],
  posting: (id: number) => ['posting', id],
  failedJobs: (runId: number) => ['run', runId, 'failed-jobs'],
} as const

export const sessionQuery = queryOptions({
  queryKey: queryKeys.session,
  queryFn: ({ signal }) => getSession(signal),
  staleTime: 60_000,
})

export const followsQuery = queryOptions({
  queryKey: queryKeys.follows,
  queryFn: ({ signal }) => getFollows(signal),
})

export const choicesQuery = queryOptions({
  queryKey: queryKeys.choices,
  queryFn: ({ signal }) => getCompanyChoices(signal),
})

export const currentRunQuery = queryOptions({
  queryKey: queryKeys.currentRun,
  queryFn: ({ signal }) => getCurrentRunId(signal),
})

export const newestRunQuery = queryOptions({
  queryKey: [...queryKeys.runs, 'newest'],
  queryFn: async ({ signal }) => (await getRuns(null, signal, 1)).runs[0] ?? null,
})

const LAST = 20

export const lastRunsQuery = queryOptions({
  queryKey: [...queryKeys.runs, 'last'],
  queryFn: async ({ signal }) => (await getRuns(null, signal, LAST)).runs,
})

export const runQuery = (runId: number) =>
  queryOptions({
    queryKey: queryKeys.run(runId),
    queryFn: ({ signal }) => getRun(runId, signal),
    // What the router has asked for is not asked again by the page that it is for; news come by the stream.
    staleTime: 5_000,
  })

const EARLIER = 20

/** The last run before this one that finished and was no retry: null where there is none among the last few. */
export const earlierRunQuery = (runId: number) =>
  queryOptions({
    queryKey: [...queryKeys.run(runId), 'earlier'],
    queryFn: async ({ signal }) =>
      (await getRuns(runId, signal, EARLIER)).runs.find(
        (run) => run.status === 'finished' && run.retry_of === null,
      ) ?? null,
  })

export const runCompaniesQuery = (runId: number) =>
  queryOptions({
    queryKey: queryKeys.runCompanies(runId),
    queryFn: ({ signal }) => getRunCompanies(runId, signal),
  })

export const failedJobsQuery = (runId: number) =>
  queryOptions({
    queryKey: queryKeys.failedJobs(runId),
    queryFn: ({ signal }) => getFailedJobs(runId, signal),
  })

export const postingQuery = (id: number) =>
  queryOptions({ queryKey: queryKeys.posting(id), queryFn: ({ signal }) => getPosting(id, signal) })

/** The same filters and titles have the same verdicts for ever. */
export const verdictsQuery = (filters: TitleFilters, titles: readonly string[]) =>
  queryOptions({
    queryKey: [...queryKeys.verdicts, filters, titles],
    queryFn: ({ signal }) => judgeTitles(filters, titles, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const serverFactsQuery = queryOptions({
  queryKey: queryKeys.server,
  queryFn: ({ signal }) => getServerFacts(signal),
})

export const followedBoardsQuery = queryOptions({
  queryKey: queryKeys.boards,
  queryFn: ({ signal }) => getFollowedBoards(signal),
})
