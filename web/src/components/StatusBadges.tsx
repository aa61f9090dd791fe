import type { CompanyStatus, JobStatus, RunStatus } from '../lib/statuses'
import { Badge, type Shape, type Tone } from './Badge'

interface Look {
  readonly word: string
  readonly tone: Tone
  readonly shape: Shape
}

export const JOB_LOOKS: Readonly<Record<JobStatus, Look>> = {
  pending: { word: 'Pending', tone: 'idle', shape: 'ring' },
  crawling: { word: 'Crawling', tone: 'work', shape: 'dot' },
  ready: { word: 'Ready', tone: 'good', shape: 'check' },
  skipped: { word: 'Unchanged', tone: 'idle', shape: 'equal' },
  expired: { word: 'Expired', tone: 'gone', shape: 'minus' },
  error: { word: 'Failed', tone: 'bad', shape: 'cross' },
}

const RUN_LOOKS: Readonly<Record<RunStatus, Look>> = {
  pending: { word: 'Waiting to start', tone: 'idle', shape: 'ring' },
  initializing: { word: 'Listing boards', tone: 'work', shape: 'dot' },
  ingesting: { word: 'Fetching jobs', tone: 'work', shape: 'dot' },
  finished: { word: 'Finished', tone: 'good', shape: 'check' },
  error: { word: 'Failed', tone: 'bad', shape: 'cross' },
  aborted: { word: 'Aborted', tone: 'gone', shape: 'square' },
}

const COMPANY_LOOKS: Readonly<Record<CompanyStatus, Look>> = {
  waiting: { word: 'Waiting', tone: 'idle', shape: 'ring' },
  listing: { word: 'Listing', tone: 'work', shape: 'dot' },
  crawling: { word: 'Fetching', tone: 'work', shape: 'dot' },
  done: { word: 'Done', tone: 'good', shape: 'check' },
  error: { word: 'Failed', tone: 'bad', shape: 'cross' },
}

const STOPPED: Look = { word: 'Stopped', tone: 'gone', shape: 'square' }

const LookBadge = ({ look, large = false }: { look: Look; large?: boolean }) => (
  <Badge tone={look.tone} shape={look.shape} large={large}>
    {look.word}
  </Badge>
)

export const JobBadge = ({ status }: { status: JobStatus }) => <LookBadge look={JOB_LOOKS[status]} />

/** `ended`: the run has, so that what was at work no longer is. */
export function CompanyBadge({ status, ended }: { status: CompanyStatus; ended: boolean }) {
  const stopped = ended && status !== 'done' && status !== 'error'
  return <LookBadge look={stopped ? STOPPED : COMPANY_LOOKS[status]} />
}

export function RunBadge({ status, large = false }: { status: RunStatus; large?: boolean }) {
  return (
    <span data-testid="run-status" data-status={status}>
      <LookBadge look={RUN_LOOKS[status]} large={large} />
    </span>
  )
}
