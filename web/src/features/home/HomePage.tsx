import { useQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { Problem } from '../../components/Notice'
import { Loading, Page } from '../../components/Page'
import { currentRunQuery, newestRunQuery } from '../../lib/queries'

/** `/`: to the run that is going, else to what the newest one brought, else to the beginning. */
export function HomePage() {
  const current = useQuery({ ...currentRunQuery, gcTime: 0 })
  // What was kept from another page may be over, or not yet begun: only a fresh answer leads anywhere.
  const runId = current.isFetchedAfterMount ? current.data : undefined
  const newest = useQuery({ ...newestRunQuery, gcTime: 0, enabled: runId === null })
  const error = current.error ?? newest.error
  if (error)
    return (
      <Page title="Jobwire">
        <Problem error={error} retry={() => void (current.error ? current : newest).refetch()} />
      </Page>
    )
  if (typeof runId === 'number')
    return <Navigate to="/runs/$runId" params={{ runId: String(runId) }} replace />
  if (newest.isFetchedAfterMount && newest.data)
    return <Navigate to="/runs/$runId/summary" params={{ runId: String(newest.data.run_id) }} replace />
  if (newest.isFetchedAfterMount && newest.data === null) return <Navigate to="/configure" replace />
  return <Loading what="your runs" />
}
