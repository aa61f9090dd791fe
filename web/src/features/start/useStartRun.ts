import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ApiError } from '../../lib/api/http'
import { startRun } from '../../lib/api/runs'
import { queryKeys } from '../../lib/queries'

/** Start a run, of all companies that are switched on (null) or of these, and go to it. While another one is active: go to that one instead. */
export function useStartRun() {
  const navigate = useNavigate()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (companies: readonly string[] | null) => {
      try {
        return await startRun(companies)
      } catch (error) {
        if (error instanceof ApiError && error.status === 409 && error.runId !== null) return error.runId
        throw error
      }
    },
    onSuccess: async (runId) => {
      queries.setQueryData(queryKeys.currentRun, runId)
      await navigate({ to: '/runs/$runId', params: { runId: String(runId) } })
    },
  })
}
