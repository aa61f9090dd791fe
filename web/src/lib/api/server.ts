/** Facts about the server, and about the boards of the companies that are followed. */

import { api, dataOf } from './http'
import type { BoardHealthAnswer, ServerAnswer } from './schema'

export type ServerFacts = ServerAnswer
export type FollowedBoard = BoardHealthAnswer

export const getServerFacts = (signal: AbortSignal): Promise<ServerFacts> =>
  dataOf(api.GET('/api/server', { signal }))

export const getFollowedBoards = (signal: AbortSignal): Promise<readonly FollowedBoard[]> =>
  dataOf(api.GET('/api/ingestion/board-health', { signal }))
