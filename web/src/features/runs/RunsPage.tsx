import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RefObject } from 'react'
import { Button, buttonClass } from '../../components/Button'
import { Count } from '../../components/Count'
import { Notice, Problem } from '../../components/Notice'
import { Loading, Page, Panel } from '../../components/Page'
import { RunBadge } from '../../components/StatusBadges'
import table from '../../components/Table.module.css'
import { beganAt, getRuns, outcomesOf, type Run, tookMs } from '../../lib/api/runs'
import { formatDateTime, formatDuration } from '../../lib/format'
import { queryKeys } from '../../lib/queries'
import { hasEnded, type RunStatus } from '../../lib/statuses'
import { useGrowing } from '../../lib/useGrowing'

export function RunsPage() {
  const pages = useInfiniteQuery({
    queryKey: [...queryKeys.runs, 'all'],
    queryFn: ({ pageParam, signal }) => getRuns(pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  })
  const runs = pages.data?.pages.flatMap((page) => page.runs) ?? []
  const { list: rows, grow } = useGrowing<HTMLTableSectionElement>()
  return (
    <Page
      title="Runs"
      lead="Everything that ran, the newest first."
      actions={
        runs.length > 0 && (
          <Link to="/configure" className={buttonClass('primary')}>
            New run
          </Link>
        )
      }
    >
      {pages.error && <Problem error={pages.error} retry={() => void pages.refetch()} />}
      {pages.isPending && <Loading what="the runs" />}
      {pages.data && runs.length === 0 && (
        <Notice
          tone="work"
          action={
            <Link to="/configure" className={buttonClass('primary')}>
              Choose companies
            </Link>
          }
        >
          Nothing ran yet.
        </Notice>
      )}
      {runs.length > 0 && <RunTable runs={runs} rows={rows} />}
      {pages.hasNextPage && (
        <Button
          disabled={pages.isFetchingNextPage}
          onClick={() => {
            grow()
            void pages.fetchNextPage()
          }}
        >
          {pages.isFetchingNextPage ? 'Loading…' : 'Show older runs'}
        </Button>
      )}
    </Page>
  )
}

interface RunTableProps {
  runs: readonly Run[]
  rows: RefObject<HTMLTableSectionElement | null>
}

const RunTable = ({ runs, rows }: RunTableProps) => (
  <Panel title="History">
    <section className={table.scroll} aria-label="Table of runs" tabIndex={0}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Result</th>
            <th scope="col">Began</th>
            <th scope="col">Took</th>
            <th scope="col" data-number>
              Jobs
            </th>
            <th scope="col" data-number>
              New
            </th>
            <th scope="col" data-number>
              Changed
            </th>
            <th scope="col" data-number>
              Failed
            </th>
            <th scope="col" data-number>
              Boards failed
            </th>
          </tr>
        </thead>
        <tbody ref={rows}>
          {runs.map((run) => (
            <Row key={run.run_id} run={run} />
          ))}
        </tbody>
      </table>
    </section>
  </Panel>
)

function Row({ run }: { run: Run }) {
  const { run_id: runId, status, finished_at, total_jobs } = run
  const outcomes = outcomesOf(run)
  const { failed_companies: failedBoards, retry_of: retryOf } = run
  return (
    <tr>
      <th scope="row">
        <Link
          to={hasEnded(status) ? '/runs/$runId/summary' : '/runs/$runId'}
          params={{ runId: String(runId) }}
        >
          Run {runId}
        </Link>
        {retryOf !== null && <span className={table.sub}>again what failed of run {retryOf}</span>}
      </th>
      <td>
        <RunBadge status={status} />
      </td>
      <td data-label="Began">{status === 'pending' ? 'not yet' : formatDateTime(beganAt(run))}</td>
      <td data-label="Took">{finished_at ? formatDuration(tookMs(run, Date.now())) : goingText(status)}</td>
      <Count of="Jobs" count={total_jobs} />
      <Count of="New" count={outcomes.new} />
      <Count of="Changed" count={outcomes.changed} />
      <Count of="Failed" count={outcomes.failed} />
      <Count of="Boards failed" count={failedBoards} />
    </tr>
  )
}

const goingText = (status: RunStatus): string =>
  status === 'pending' ? 'waiting for a worker' : 'still going'
