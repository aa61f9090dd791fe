import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type RetryWish, retryRun } from '../../lib/api/runs'
import { queryKeys } from '../../lib/queries'

/** Try again what failed of a run. Where that becomes a new run: go to it. */
export function useRetry(runId: number) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (wish: RetryWish) => retryRun(runId, wish),
    onSuccess: async (retried) => {
      if (retried.run_id === runId) return
      queries.setQueryData(queryKeys.currentRun, retried.run_id)
      await navigate({ to: '/runs/$runId', params: { runId: String(retried.run_id) } })
    },
    // In both cases what is shown of this run is out of date.
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.run(runId) }),
  })
}
