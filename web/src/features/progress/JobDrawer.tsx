import { useQuery } from '@tanstack/react-query'
import { Button, buttonClass } from '../../components/Button'
import { Description } from '../../components/Description'
import { Dialog } from '../../components/Dialog'
import { Problem } from '../../components/Notice'
import { Loading } from '../../components/Page'
import { JobBadge, jobLook } from '../../components/StatusBadges'
import { getPosting, type Posting } from '../../lib/api/jobs'
import { getRunJob, type RunJob } from '../../lib/api/runs'
import { formatDay, safeUrl, titleOf } from '../../lib/format'
import { hasEnded, type RunStatus } from '../../lib/statuses'
import type { JobView } from '../../lib/stream/fold'
import { valueName } from '../../lib/valueNames'
import { kindOf } from '../failures/kinds'
import { useRetry } from '../failures/useRetry'
import styles from './JobDrawer.module.css'

interface Props {
  runId: number
  job: JobView
  /** The run's: while it goes on, a job that has no posting yet may still get one. */
  status: RunStatus | null
  onClose: () => void
}

export function JobDrawer({ runId, job, status, onClose }: Props) {
  const runJob = useQuery({
    queryKey: ['run', runId, 'job', job.company, job.externalId, job.status, status],
    queryFn: ({ signal }) => getRunJob(runId, job.company, job.externalId, signal),
    placeholderData: (previous) => previous,
  })
  const postingId = runJob.data?.posting_id ?? null
  const posting = useQuery({
    queryKey: ['posting', postingId],
    queryFn: ({ signal }) => (postingId === null ? null : getPosting(postingId, signal)),
    enabled: postingId !== null,
  })
  const retry = useRetry(runId)
  const justThis = { jobs: [{ company_name: job.company, external_id: job.externalId }] }
  const url = safeUrl(posting.data?.url ?? runJob.data?.url ?? null)
  const ended = status !== null && hasEnded(status)
  const error = runJob.error ?? posting.error
  return (
    <Dialog label={titleOf(job.title)} onClose={onClose} drawer>
      <div className={styles.head}>
        <JobBadge status={runJob.data?.status ?? job.status} ended={ended} />
        <Button look="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      <h2 className={styles.title}>{titleOf(job.title)}</h2>
      <p className={styles.facts}>{facts(job, posting.data ?? null, runJob.data?.location ?? null)}</p>
      {runJob.data && <Reason job={runJob.data} />}
      {runJob.data?.status === 'error' && (
        <Button disabled={retry.isPending} onClick={() => retry.mutate(justThis)}>
          {retry.isPending ? 'Trying again…' : 'Retry'}
        </Button>
      )}
      {retry.error && <Problem error={retry.error} />}
      {url && (
        <a href={url} target="_blank" rel="noopener noreferrer" className={buttonClass()}>
          Open the posting
        </a>
      )}
      {error && <Problem error={error} />}
      {(runJob.isPending || posting.isLoading) && <Loading what="the description" />}
      {runJob.data !== undefined && postingId === null && (
        <p className={styles.none}>No description has been fetched for this job{ended ? '' : ' yet'}.</p>
      )}
      {posting.data && <Description posting={posting.data} />}
    </Dialog>
  )
}

/** Why a job ended as it did, where that says more than its badge does. */
function Reason({ job: { reason, status } }: { job: RunJob }) {
  const text = reason && kindOf(reason)
  if (!text || text === jobLook(status, true).word) return null
  return (
    <p className={styles.reason} data-status={status}>
      {text}
    </p>
  )
}

function facts(job: JobView, posting: Posting | null, location: string | null): string {
  const parts = [
    job.company,
    posting?.location ?? location,
    posting?.department,
    posting?.workplace && valueName(posting.workplace),
    posting?.employment_type && valueName(posting.employment_type),
    posting?.posted_on && `posted ${formatDay(posting.posted_on)}`,
    posting?.gone_at && 'no longer on the board',
  ]
  return parts.filter(Boolean).join(' · ')
}
