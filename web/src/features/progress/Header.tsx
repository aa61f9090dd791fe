import { Link } from '@tanstack/react-router'
import { useLayoutEffect } from 'react'
import { buttonClass } from '../../components/Button'
import { RunBadge } from '../../components/StatusBadges'
import { type Run, tookMs } from '../../lib/api/runs'
import { formatCount, formatDuration, formatRate, percentOf, plural } from '../../lib/format'
import type { RunStatus } from '../../lib/statuses'
import { useNow } from '../../lib/useNow'
import { AbortButton } from './AbortButton'
import { Announcer } from './Announcer'
import { ConnectionPill } from './ConnectionPill'
import styles from './Header.module.css'
import { ProgressBar } from './ProgressBar'
import { roughly } from './pace'
import { Sparkline } from './Sparkline'
import { useFavicon } from './useFavicon'
import { type Pace, usePace } from './usePace'
import type { RunProgress } from './useRunProgress'

interface Props {
  runId: number
  progress: RunProgress
}

export function Header({ runId, progress }: Props) {
  const { snapshot, run, status, ended, counts, done, total, totalIsFinal } = progress
  const pace = usePace(runId, progress)
  const title =
    totalIsFinal && !ended ? `${percentOf(done, total)} % · Run ${runId}` : `Run ${runId} · Jobwire`
  useRunVersion(snapshot.cursor)
  useFavicon(status)
  return (
    <div className={styles.header}>
      <title>{title}</title>
      <div className={styles.inner}>
        <div className={styles.row}>
          <h1 className={styles.title}>Run {runId}</h1>
          {status && <RunBadge status={status} large />}
          {run && <Elapsed run={run} status={status} ended={ended} />}
          <span className={styles.end}>
            <ConnectionPill connection={snapshot.connection} feed={progress.feed} />
            {ended ? (
              <Link
                to="/runs/$runId/summary"
                params={{ runId: String(runId) }}
                className={buttonClass('primary')}
              >
                Go to summary
              </Link>
            ) : (
              status && <AbortButton runId={runId} done={done} open={total - done} />
            )}
          </span>
        </div>
        <div className={styles.meter}>
          {totalIsFinal && total > 0 && <b className={styles.percent}>{percentOf(done, total)} %</b>}
          <ProgressBar counts={counts} done={done} total={total} final={totalIsFinal} ended={ended} />
        </div>
        <Figures progress={progress} pace={pace} />
        <Announcer
          status={status}
          percent={totalIsFinal ? percentOf(done, total) : null}
          failed={counts.error}
          failedBoards={progress.companies.filter((company) => company.status === 'error').length}
        />
      </div>
    </div>
  )
}

function Figures({ progress, pace }: { progress: RunProgress; pace: Pace }) {
  const { companies, done, total, totalIsFinal, ended, counts } = progress
  const failedBoards = companies.filter(({ status }) => status === 'error').length
  const settled = failedBoards + companies.filter(({ status }) => status === 'done').length
  return (
    <p className={styles.figures}>
      {(total > 0 || (totalIsFinal && companies.length > 0)) && (
        <span>
          <b>{formatCount(done)}</b> / {totalIsFinal ? '' : 'at least '}
          {plural(total, 'job')}
        </span>
      )}
      {companies.length > 0 && (
        <span>
          <b>{formatCount(settled)}</b> / {plural(companies.length, 'company', 'companies')}
        </span>
      )}
      {failedBoards > 0 && <span className={styles.failed}>{plural(failedBoards, 'board')} failed</span>}
      {counts.error > 0 && <span className={styles.failed}>{plural(counts.error, 'job')} failed</span>}
      {ended && done < total && <span>{formatCount(total - done)} left open</span>}
      {pace.rate !== null && <span>{formatRate(pace.rate)}</span>}
      {pace.msLeft !== null && <span>about {roughly(pace.msLeft)} left</span>}
      {!ended && <Sparkline history={pace.history} />}
    </p>
  )
}

function Elapsed({ run, status, ended }: { run: Run; status: RunStatus | null; ended: boolean }) {
  const now = useNow(!ended)
  return (
    <span className={styles.elapsed}>
      {status === 'pending' ? 'waiting for a worker' : formatDuration(tookMs(run, now))}
    </span>
  )
}

/** For tests: which version of the run the page shows. In the same commit as what it shows. */
function useRunVersion(cursor: string): void {
  useLayoutEffect(() => {
    document.documentElement.dataset.runVersion = cursor
    return () => {
      delete document.documentElement.dataset.runVersion
    }
  }, [cursor])
}
