import { Link } from '@tanstack/react-router'
import { memo, useMemo, useState } from 'react'
import { Button, buttonClass } from '../../components/Button'
import { Notice, Problem } from '../../components/Notice'
import { Panel } from '../../components/Page'
import { ApiError } from '../../lib/api/http'
import type { RunCompany, RunJob } from '../../lib/api/runs'
import { formatCount, isYetToCome, plural } from '../../lib/format'
import { useGrowing } from '../../lib/useGrowing'
import { useRunBoards } from '../../lib/useRunBoards'
import { FailedKind } from './FailedKind'
import styles from './Failures.module.css'
import { groupFailures, wishOf } from './group'
import { useRetry } from './useRetry'

/** Of the kinds of reasons, the most frequent: what comes below them on a run's page is to stay in reach. */
const SHOWN_AT_FIRST = 5

interface Props {
  runId: number
  companies: readonly RunCompany[]
  /** The failed jobs that were fetched; `more` when there are more than that. */
  jobs: readonly RunJob[]
  more: boolean
  total: number
  error: Error | null
  /** The last run that tried them again, where there was one. */
  retriedIn: number | null
}

/** Everything that failed, by kind of reason, to be tried again. Nothing when nothing did. */
export const Failures = memo(function Failures({
  runId,
  companies,
  jobs,
  more,
  total,
  error,
  retriedIn,
}: Props) {
  const groups = useMemo(() => groupFailures(companies, jobs), [companies, jobs])
  const [all, setAll] = useState(false)
  const shown = all ? groups : groups.slice(0, SHOWN_AT_FIRST)
  const { list, grow } = useGrowing<HTMLUListElement>()
  const retry = useRetry(runId)
  const leftAlone = useLeftAlone(runId)
  const boards = companies.filter(({ status }) => status === 'error').length
  if (total === 0 && boards === 0) return null
  return (
    <Panel
      title="What failed"
      aside={
        <span className={styles.aside}>
          <span className={styles.count}>{headline(total, boards)}</span>
          <Button data-testid="retry-all" disabled={retry.isPending} onClick={() => retry.mutate({})}>
            {retry.isPending ? 'Trying again…' : 'Retry all'}
          </Button>
        </span>
      }
    >
      {retriedIn !== null && (
        <Notice
          tone="work"
          action={
            <Link to="/runs/$runId/summary" params={{ runId: String(retriedIn) }} className={buttonClass()}>
              See run {retriedIn}
            </Link>
          }
        >
          Tried again in run {retriedIn}.
        </Notice>
      )}
      {retry.error && <NotRetried error={retry.error} />}
      {error && <Problem error={error} />}
      <ul ref={list}>
        {shown.map((group) => (
          <FailedKind
            key={group.kind}
            group={group}
            leftAlone={leftAlone}
            busy={retry.isPending}
            onRetry={() => retry.mutate(wishOf(group.items))}
          />
        ))}
      </ul>
      {shown.length < groups.length && (
        <p className={styles.more}>
          <Button
            look="quiet"
            onClick={() => {
              grow()
              setAll(true)
            }}
          >
            Show all {formatCount(groups.length)} reasons
          </Button>
        </p>
      )}
      {more && (
        <p className={styles.more}>
          Reasons of the first {formatCount(jobs.length)} of {formatCount(total)}. “Retry all” means all.
        </p>
      )}
    </Panel>
  )
})

function headline(jobs: number, boards: number): string {
  const parts = [boards > 0 && plural(boards, 'board'), jobs > 0 && plural(jobs, 'job')]
  return parts.filter(Boolean).join(', ')
}

/** Until when runs leave boards alone that have failed in this one, by company: times in ISO 8601. */
function useLeftAlone(runId: number): ReadonlyMap<string, string> {
  const boards = useRunBoards(runId)
  return new Map(
    boards.flatMap(({ company_name: company, setback }) =>
      setback !== null && isYetToCome(setback.retry_at) ? [[company, setback.retry_at]] : [],
    ),
  )
}

/** In the server's own words; where another run is in the way, with a way to it. */
function NotRetried({ error }: { error: Error }) {
  const other = error instanceof ApiError && error.status === 409 ? error.runId : null
  if (other === null) return <Problem error={error} />
  return (
    <Notice
      tone="bad"
      action={
        <Link to="/runs/$runId" params={{ runId: String(other) }} className={buttonClass()}>
          Go to run {other}
        </Link>
      }
    >
      {error.message}
    </Notice>
  )
}
