import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Follow, type FollowChange, type FollowOutcome, postFollows } from './api/follows'
import { followsQuery, queryKeys } from './queries'

/**
 * Post changes; the list shows them at once, and what the server made of them as soon as it has answered.
 *
 * @param onAnswered hears to how many of many changes the server has answered.
 */
export function useChangeFollows(onAnswered?: (answered: number) => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (changes: readonly FollowChange[]) => postFollows(changes, onAnswered),
    onMutate: async (changes) => {
      await queries.cancelQueries({ queryKey: queryKeys.follows })
      queries.setQueryData(followsQuery.queryKey, (follows) => follows && applyChanges(follows, changes))
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: queryKeys.follows }),
        queries.invalidateQueries({ queryKey: queryKeys.choices }),
      ]),
  })
}

export const firstError = (outcomes: readonly FollowOutcome[] | undefined): string | null =>
  outcomes?.find((outcome) => !outcome.success)?.error ?? null

/** Whether the server has taken what was posted; it is shown elsewhere why not. */
export const isTaken = (posted: Promise<readonly FollowOutcome[]>): Promise<boolean> =>
  posted.then(
    (outcomes) => firstError(outcomes) === null,
    () => false,
  )

/** Only what needs no server: a new company waits until the server has said what it was taken for. */
function applyChanges(follows: readonly Follow[], changes: readonly FollowChange[]): Follow[] {
  const deleted = new Set(changes.flatMap((change) => (change.op === 'delete' ? [change.company_name] : [])))
  const upserts = new Map(
    changes.flatMap((change) => (change.op === 'upsert' ? [[change.company_name, change] as const] : [])),
  )
  return follows
    .filter((follow) => !deleted.has(follow.company_name))
    .map((follow) => {
      const change = upserts.get(follow.company_name)
      if (!change) return follow
      return {
        ...follow,
        source: change.source ?? follow.source,
        is_enabled: change.is_enabled ?? follow.is_enabled,
        title_filters: { ...follow.title_filters, ...change.title_filters },
      }
    })
}
