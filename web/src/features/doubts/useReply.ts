import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Reply, replyToBoard } from '../../lib/api/boards'
import { queryKeys } from '../../lib/queries'

/** Reply to what a company's board asks; what is shown of the boards is asked for anew. */
export function useReply(company: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (reply: Reply) => replyToBoard(company, reply),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.boards }),
  })
}
