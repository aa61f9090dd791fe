import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, type ButtonLook } from '../../components/Button'
import { signOut } from '../../lib/api/session'
import { queryKeys } from '../../lib/queries'

export function SignOutButton({ look = 'quiet' }: { look?: ButtonLook }) {
  const queries = useQueryClient()
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      // Not clear(): the shell has to hear of it through the query that it watches.
      queries.setQueryData(queryKeys.session, null)
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.session[0] })
    },
  })
  return (
    <Button look={look} disabled={leave.isPending} onClick={() => leave.mutate()}>
      {leave.isError ? 'Sign out failed: again' : 'Sign out'}
    </Button>
  )
}
