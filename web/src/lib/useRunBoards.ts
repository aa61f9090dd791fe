import { useQuery } from '@tanstack/react-query'
import type { FollowedBoard } from './api/boards'
import { followedBoardsQuery } from './queries'

/** The boards that no newer run has had: what they ask, and until when they are left alone, came of this one. */
export function useRunBoards(runId: number): readonly FollowedBoard[] {
  const boards = useQuery(followedBoardsQuery)
  return (boards.data ?? []).filter(({ last_run: last }) => last?.run_id === runId)
}
