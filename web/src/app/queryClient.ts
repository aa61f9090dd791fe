import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from '../lib/api/http'
import { queryKeys } from '../lib/queries'

const MOST_RETRIES = 2

/** What the server has understood and refused does not get better by asking again. */
const worthRetrying = (failures: number, error: Error): boolean =>
  failures < MOST_RETRIES && error instanceof ApiError && (error.status === 0 || error.status >= 500)

export function createQueryClient(): QueryClient {
  const signedOutBy = (error: Error) => {
    if (error instanceof ApiError && error.status === 401) client.setQueryData(queryKeys.session, null)
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: signedOutBy }),
    mutationCache: new MutationCache({ onError: signedOutBy }),
    defaultOptions: {
      queries: { retry: worthRetrying, staleTime: 0, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  })
  return client
}
