/** The boards of the companies that this person follows: how they are doing, and what they ask. */

import { api, dataOf } from './http'
import type { BoardAnswer, DoubtAnswer, Reply, SetbackAnswer } from './schema'

export type FollowedBoard = BoardAnswer
/** A board says that much less is there than was known: is that so? */
export type Doubt = DoubtAnswer
/** Its failures in a row, and until when runs leave it alone. */
export type Setback = SetbackAnswer
export type { Reply }

export const getFollowedBoards = (signal: AbortSignal): Promise<readonly FollowedBoard[]> =>
  dataOf(api.GET('/api/ingestion/boards', { signal }))

/** Say whether what a board lacks is gone. @throws ApiError 409 when it raises no question any more */
export async function replyToBoard(company: string, reply: Reply): Promise<void> {
  const body = { company_name: company }
  await dataOf(
    reply === 'gone'
      ? api.POST('/api/ingestion/boards/accept', { body })
      : api.POST('/api/ingestion/boards/keep', { body }),
  )
}
