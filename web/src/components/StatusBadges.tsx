import { type CompanyStatus, isOpen, type JobStatus, type RunStatus } from '../lib/statuses'
import { Badge, type Shape, type Tone } from './Badge'

interface Look {
  readonly word: string
  readonly tone: Tone
  readonly shape: Shape
}

const JOB_LOOKS: Readonly<Record<JobStatus, Look>> = {
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
const LEFT_OPEN: Look = { word: 'Left open', tone: 'gone', shape: 'square' }

const LookBadge = ({ look, large = false }: { look: Look; large?: boolean }) => (
  <Badge tone={look.tone} shape={look.shape} large={large}>
    {look.word}
  </Badge>
)

/** `ended`: the run has, so that what was at work, or waited for it, no longer does. */
export const jobLook = (status: JobStatus, ended: boolean): Look =>
  ended && isOpen(status) ? LEFT_OPEN : JOB_LOOKS[status]

export const JobBadge = ({ status, ended }: { status: JobStatus; ended: boolean }) => (
  <LookBadge look={jobLook(status, ended)} />
)

/** `ended` as for a job. */
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
