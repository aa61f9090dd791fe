import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Tone } from '../../components/Badge'
import { buttonClass } from '../../components/Button'
import { Figures } from '../../components/Figures'
import { Notice, Problem } from '../../components/Notice'
import { Loading, Page } from '../../components/Page'
import { RunBadge } from '../../components/StatusBadges'
import { Stepper } from '../../components/Stepper'
import { ApiError } from '../../lib/api/http'
import { beganAt, type Outcome, outcomesOf, type Run, tookMs } from '../../lib/api/runs'
import { formatDateTime, formatDuration, plural } from '../../lib/format'
import { isOnItsWay } from '../../lib/isOnItsWay'
import {
  earlierRunQuery,
  failedJobsQuery,
  followedBoardsQuery,
  runCompaniesQuery,
  runQuery,
} from '../../lib/queries'
import { parseRunId } from '../../lib/runId'
import { hasEnded, openOf, settledOf, totalOf } from '../../lib/statuses'
import { Doubts } from '../doubts/Doubts'
import { Failures } from '../failures/Failures'
import { StartRunButton } from '../start/StartRunButton'
import { useStartRun } from '../start/useStartRun'
import { CompanyTable } from './CompanyTable'
import { differenceOf } from './difference'
import { FiltersUsed } from './FiltersUsed'
import { Slowest } from './Slowest'
import styles from './Summary.module.css'
import { resultSentence } from './sentence'

const POLL_MS = 2000

export function SummaryPage() {
  const { runId } = useParams({ from: '/runs/$runId/summary' })
  const id = parseRunId(runId)
  if (id === null)
    return (
      <Page narrow title="No such run" actions={<AllRuns />}>
        <Problem error={`“${runId}” is not the number of a run.`} />
      </Page>
    )
  return (
    <>
      <Stepper current="summary" />
      <Summary runId={id} />
    </>
  )
}

function Summary({ runId }: { runId: number }) {
  const run = useQuery({
    ...runQuery(runId),
    refetchInterval: (query) => (query.state.data && !hasEnded(query.state.data.status) ? POLL_MS : false),
  })
  const start = useStartRun()
  if (run.error && !run.data) {
    const isNone = run.error instanceof ApiError && run.error.status === 404
    return (
      <Page narrow={isNone} title={isNone ? 'No such run' : `Run ${runId}`} actions={<AllRuns />}>
        <Problem error={run.error} {...(!isNone && { retry: () => void run.refetch() })} />
      </Page>
    )
  }
  if (!run.data) return <Loading what={`run ${runId}`} />
  const ended = hasEnded(run.data.status)
  return (
    <Page
      title={`Run ${runId}`}
      lead={<When run={run.data} />}
      actions={
        <>
          {ended && run.data.counts.ready > 0 && (
            <Link to="/jobs" search={{ run: runId, presence: 'all' }} className={buttonClass()}>
              See what is new
            </Link>
          )}
          <Link
            to="/runs/$runId"
            params={{ runId: String(runId) }}
            search={ended ? { stay: true } : {}}
            className={buttonClass()}
          >
            {ended ? 'Jobs and log' : 'Watch it'}
          </Link>
          {ended && <StartRunButton start={start}>Start again</StartRunButton>}
        </>
      }
    >
      {start.error && <Problem error={start.error} />}
      {ended ? <Result run={run.data} /> : <StillGoing run={run.data} />}
    </Page>
  )
}

function When({ run }: { run: Run }) {
  return (
    <span className={styles.when}>
      <RunBadge status={run.status} />
      <span>
        {run.status === 'pending' ? 'waiting for a worker' : formatDateTime(beganAt(run))}
        {run.retry_of !== null && `, again what failed of run ${run.retry_of}`}
        {run.finished_at && `, took ${formatDuration(tookMs(run, Date.now()))}`}
      </span>
    </span>
  )
}

function StillGoing({ run }: { run: Run }) {
  return (
    <Notice
      tone="work"
      action={
        <Link to="/runs/$runId" params={{ runId: String(run.run_id) }} className={buttonClass('primary')}>
          Watch it
        </Link>
      }
    >
      <span data-testid="summary-result">
        Run {run.run_id} is still going: {settledOf(run.counts)} of {plural(totalOf(run.counts), 'job')} done.
        Its summary comes when it has ended.
      </span>
    </Notice>
  )
}

function Result({ run }: { run: Run }) {
  const { counts, run_id: runId } = run
  const companies = useQuery(runCompaniesQuery(runId))
  const earlier = useQuery({ ...earlierRunQuery(runId), enabled: run.retry_of === null })
  const failed = useQuery({ ...failedJobsQuery(runId), enabled: counts.error > 0 })
  const outcomes = outcomesOf(run)
  const figure = (label: Outcome, tone?: Tone) => ({
    label,
    value: outcomes[label],
    note: differenceOf(run, earlier.data, label),
    ...(tone && { tone }),
  })
  const open = openOf(counts)
  const boards = useQuery(followedBoardsQuery)
  // What is below grows by what comes: nothing of it is shown before all is there, so that nothing moves under a pointer.
  const isComing = [companies, earlier, failed, boards].some(isOnItsWay)
  return (
    <>
      <p className={styles.result} data-testid="summary-result">
        {resultSentence(run)}
      </p>
      {run.error_message && <Notice tone="bad">{run.error_message}</Notice>}
      <Figures
        figures={[
          figure('new', 'good'),
          figure('changed', 'good'),
          figure('unchanged'),
          figure('expired', 'gone'),
          figure('failed', 'bad'),
          ...(run.failed_companies > 0
            ? [{ label: 'boards failed', value: run.failed_companies, tone: 'bad' as const }]
            : []),
          ...(open > 0 ? [{ label: 'left open', value: open }] : []),
        ]}
      />
      {isComing ? (
        <Loading what="the rest" />
      ) : (
        <>
          <Doubts runId={runId} />
          <Failures
            runId={runId}
            retriedIn={run.retried_in}
            companies={companies.data ?? []}
            jobs={failed.data?.jobs ?? []}
            more={failed.data?.more ?? false}
            total={counts.error}
            error={failed.error}
          />
          {companies.error && <Problem error={companies.error} retry={() => void companies.refetch()} />}
          {companies.data && companies.data.length > 0 && (
            <>
              <CompanyTable runId={runId} companies={companies.data} />
              <Slowest run={run} companies={companies.data} />
              <FiltersUsed companies={companies.data} />
            </>
          )}
        </>
      )}
    </>
  )
}

const AllRuns = () => (
  <Link to="/runs" className={buttonClass()}>
    All runs
  </Link>
)
