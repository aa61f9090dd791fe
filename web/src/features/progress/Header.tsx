import { Link } from '@tanstack/react-router'
import { useLayoutEffect } from 'react'
import { buttonClass } from '../../components/Button'
import { RunBadge } from '../../components/StatusBadges'
import { formatCount, formatDuration, formatRate, percentOf, plural } from '../../lib/format'
import { useNow } from '../../lib/useNow'
import { AbortButton } from './AbortButton'
import { Announcer } from './Announcer'
import { ConnectionPill } from './ConnectionPill'
import styles from './Header.module.css'
import { ProgressBar } from './ProgressBar'
import { useRate } from './useRate'
import type { RunProgress } from './useRunProgress'

export function Header({ runId, progress }: { runId: number; progress: RunProgress }) {
  const { snapshot, run, status, ended, counts, done, total, totalIsFinal } = progress
  const rate = useRate(done, !ended)
  const title =
    totalIsFinal && !ended ? `${percentOf(done, total)} % · Run ${runId}` : `Run ${runId} · Jobwire`
  useRunVersion(snapshot.cursor)
  return (
    <div className={styles.header}>
      <title>{title}</title>
      <div className={styles.inner}>
        <div className={styles.row}>
          <h1 className={styles.title}>Run {runId}</h1>
          {status && <RunBadge status={status} large />}
          {run && <Elapsed from={run.started_at ?? run.created_at} to={run.finished_at} ended={ended} />}
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
        <ProgressBar counts={counts} done={done} total={total} final={totalIsFinal} ended={ended} />
        <Figures progress={progress} rate={rate} />
        <Announcer
          status={status}
          percent={totalIsFinal ? percentOf(done, total) : null}
          failed={counts.error}
        />
      </div>
    </div>
  )
}

function Figures({ progress, rate }: { progress: RunProgress; rate: number | null }) {
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
      {rate !== null && !ended && <span>{formatRate(rate)}</span>}
      {totalIsFinal && !ended && <TimeLeft done={done} total={total} rate={rate} />}
    </p>
  )
}

/** Says nothing before there is something to go by. */
function TimeLeft({ done, total, rate }: { done: number; total: number; rate: number | null }) {
  if (rate === null || rate < 0.1 || total === 0 || done / total < 0.03 || done >= total) return null
  return <span>about {formatDuration(((total - done) / rate) * 1000)} left</span>
}

function Elapsed({ from, to, ended }: { from: string; to: string | null; ended: boolean }) {
  const now = useNow(!ended)
  const until = to === null ? now : Date.parse(to)
  return <span className={styles.elapsed}>{formatDuration(until - Date.parse(from))}</span>
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
