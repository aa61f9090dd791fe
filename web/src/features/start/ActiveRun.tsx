import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { buttonClass } from '../../components/Button'
import { Notice } from '../../components/Notice'
import { currentRunQuery } from '../../lib/queries'

const ACTIVE_POLL_MS = 3000

/** The run that is going, by its id; null when none is, undefined while that is not known. */
export function useActiveRun(): number | null | undefined {
  return useQuery({
    ...currentRunQuery,
    refetchInterval: ({ state }) => (typeof state.data === 'number' ? ACTIVE_POLL_MS : false),
  }).data
}

/** Says that a run is going on, what that means for this page, and leads to it. */
export function ActiveRun({ meaning }: { meaning: string }) {
  const runId = useActiveRun()
  if (typeof runId !== 'number') return null
  return (
    <Notice
      tone="work"
      action={
        <Link to="/runs/$runId" params={{ runId: String(runId) }} className={buttonClass()}>
          Watch it
        </Link>
      }
    >
      <strong>Run {runId} is going on.</strong> {meaning}
    </Notice>
  )
}
