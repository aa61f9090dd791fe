/**
 * What the pages see of a running run.
 *
 * Events are folded in as they come; listeners hear of it at most every 100 ms (500 on a slow device), and a row only of
 * its own job. Counts are kept step by step, so that a flush costs what changed and not what the run holds.
 */

import type { LogLine } from '../api/logs'
import { onceWithTheClock } from '../clock'
import { hasEnded, type JobCounts, type JobStatus, NO_JOBS, type RunStatus } from '../statuses'
import type { Connection, StreamSink } from './client'
import type { Beat, CompanyOnWire, StreamEvent } from './events'
import { agrees, emptyRunView, type FoldObserver, foldEvent, type JobView } from './fold'
import { Freshness } from './freshness'
import { madeAt } from './groups'
import { addLines, type LogRing } from './logRing'
import { Topics } from './topics'

export const FLUSH_MS = 100
/** Where a flush takes long, the next one waits so many times as long: a slow device has other things to do, too. */
const REST = 14
const LONGEST_WAIT_MS = 600
/** A longer one counts as one of so long. */
const LONGEST_FLUSH_MS = 60
/** From such a wait on flushes go with the clock, which is drawn every second anyway: at its halves. */
const SLOW_MS = 250

/** Unchanging: a flush that changes anything makes a new one. */
export interface RunSnapshot {
  readonly status: RunStatus | null
  readonly connection: Connection
  readonly cursor: string
  /** When the version that is shown was made, in ms since 1970 by the database's clock; null before there is one. */
  readonly asOf: number | null
  readonly counts: JobCounts
  readonly total: number
  /** All jobs in the order in which they came. A new array means other jobs, not other statuses. */
  readonly jobs: readonly JobView[]
  /** One more with each flush that changed the status of any job. */
  readonly statusesVersion: number
  /** What the stream told of each company. A new map means that something changed. */
  readonly companies: ReadonlyMap<string, CompanyOnWire>
  /** The newest lines of the log. Another object means that there are new ones. */
  readonly log: LogRing
}

type MutableCounts = Record<JobStatus, number>

export class RunStore implements StreamSink {
  readonly freshness = new Freshness()
  private readonly view = emptyRunView()
  private readonly rows = new Topics<JobView>()
  private readonly companyTopics = new Topics<string>()
  private readonly everything = new Topics<'run'>()

  private counts: MutableCounts = { ...NO_JOBS }
  private companies = new Map<string, MutableCounts>()
  private companySnapshots = new Map<string, JobCounts>()
  private jobs: JobView[] = []
  private current: Connection = { state: 'connecting' }

  private readonly dirtyRows = new Set<JobView>()
  private readonly dirtyCompanies = new Set<string>()
  private jobsChanged = false
  private companiesChanged = false
  /** Takes back the flush that is to come. */
  private cancel: (() => void) | null = null
  /** How long flushes take of late, with all that is drawn for them. */
  private tookMs = 0
  private snapshot: RunSnapshot = {
    status: null,
    connection: this.current,
    cursor: '',
    asOf: null,
    counts: NO_JOBS,
    total: 0,
    jobs: [],
    statusesVersion: 0,
    companies: new Map(),
    log: this.view.log,
  }

  private readonly observer: FoldObserver = {
    replaced: () => {
      for (const company of this.companies.keys()) this.dirtyCompanies.add(company)
      this.counts = { ...NO_JOBS }
      this.companies = new Map()
      this.jobs = []
      this.dirtyRows.clear()
      this.jobsChanged = true
    },
    added: (job) => {
      // The array that a snapshot shows never changes under it.
      if (!this.jobsChanged) this.jobs = [...this.jobs]
      this.jobsChanged = true
      this.jobs.push(job)
      this.count(job.company, job.status, 1)
    },
    readded: (job, previous) => {
      this.jobs = this.jobs.map((held) => (held === previous ? job : held))
      this.jobsChanged = true
      this.count(job.company, previous.status, -1)
      this.count(job.company, job.status, 1)
    },
    changed: (job, previous) => {
      this.dirtyRows.add(job)
      this.count(job.company, previous, -1)
      this.count(job.company, job.status, 1)
    },
  }

  // What a stream needs (StreamSink) --------------------------------------------------------------------------------

  get cursor(): string {
    return this.view.cursor
  }

  get status(): RunStatus | null {
    return this.view.status
  }

  /** Where drawing takes long, what comes is wanted twice between two drawings. */
  get restMs(): number {
    return this.waitMs >= SLOW_MS ? SLOW_MS : 0
  }

  apply(event: StreamEvent): void {
    this.noteTimes(event)
    foldEvent(this.view, event, this.observer)
    if (event.kind === 'companies') this.companiesChanged = true
    // The end is worth showing at once.
    if (this.view.status !== null && hasEnded(this.view.status)) this.flush()
    else this.schedule()
  }

  rewind(): void {
    this.view.cursor = ''
  }

  agrees(beat: Beat): boolean {
    return agrees(this.view, beat)
  }

  connection(connection: Connection): void {
    const isNews = connection.state !== this.current.state
    this.current = connection
    // Rare, and what the page counts from: how long the line has been down.
    if (isNews) this.flush()
    else this.schedule()
  }

  /** The number of the newest line of the log that came, or 0. */
  get lastSeq(): number {
    return this.view.log.lastSeq
  }

  /** Lines of the log that the stream did not bring. */
  addLog(lines: readonly LogLine[]): void {
    this.view.log = addLines(this.view.log, lines)
    this.schedule()
  }

  // What a page needs -----------------------------------------------------------------------------------------------

  readonly subscribe = (listener: () => void): (() => void) => this.everything.subscribe('run', listener)

  readonly getSnapshot = (): RunSnapshot => this.snapshot

  subscribeJob(job: JobView, listener: () => void): () => void {
    return this.rows.subscribe(job, listener)
  }

  subscribeCompany(company: string, listener: () => void): () => void {
    return this.companyTopics.subscribe(company, listener)
  }

  /** The counts of one company as of the last flush; null for one without jobs. */
  company(company: string): JobCounts | null {
    return this.companySnapshots.get(company) ?? null
  }

  /** Show what has come so far. Called by the timer; a test may call it, too. */
  flush(): void {
    this.cancel?.()
    this.cancel = null
    const began = performance.now()
    const rows = [...this.dirtyRows]
    const companies = [...this.dirtyCompanies]
    this.snapshotCompanies(companies)
    this.snapshot = {
      status: this.view.status,
      connection: this.current,
      cursor: this.view.cursor,
      asOf: madeAt(this.view.cursor) ?? this.snapshot.asOf,
      counts: { ...this.counts },
      total: this.jobs.length,
      jobs: this.jobs,
      statusesVersion: this.snapshot.statusesVersion + (rows.length > 0 || this.jobsChanged ? 1 : 0),
      companies: this.companiesChanged ? new Map(this.view.companies) : this.snapshot.companies,
      log: this.view.log,
    }
    this.dirtyRows.clear()
    this.dirtyCompanies.clear()
    this.jobsChanged = false
    this.companiesChanged = false
    this.freshness.flushed()
    this.rows.notify(rows)
    this.companyTopics.notify(companies)
    this.everything.notify(['run'])
    // React draws at the end of this task, in a microtask that is before this one.
    queueMicrotask(() => {
      // Of late: one flush has more to draw than another, and one may be held up by something else.
      this.tookMs = (2 * this.tookMs + Math.min(performance.now() - began, LONGEST_FLUSH_MS)) / 3
    })
  }

  private noteTimes(event: StreamEvent): void {
    if (event.kind === 'beat') this.freshness.beat(event.beat.at, Date.now())
    const at = madeAt(event.id)
    // What comes first is as old as the run's last change.
    if (at !== null && this.view.cursor !== '') this.freshness.arrived(at)
  }

  private snapshotCompanies(companies: readonly string[]): void {
    for (const company of companies) {
      const counts = this.companies.get(company)
      if (counts) this.companySnapshots.set(company, { ...counts })
      else this.companySnapshots.delete(company)
    }
  }

  private count(company: string, status: JobStatus, by: 1 | -1): void {
    let counts = this.companies.get(company)
    if (!counts) {
      counts = { ...NO_JOBS }
      this.companies.set(company, counts)
    }
    counts[status] += by
    this.counts[status] += by
    this.dirtyCompanies.add(company)
  }

  private get waitMs(): number {
    return Math.min(LONGEST_WAIT_MS, Math.max(FLUSH_MS, REST * this.tookMs))
  }

  private schedule(): void {
    this.cancel ??= this.flushLater(this.waitMs)
  }

  /** By a timer, not an animation frame: those stop in hidden tabs, and the title has to go on. */
  private flushLater(ms: number): () => void {
    const flush = () => this.flush()
    if (ms >= SLOW_MS) return onceWithTheClock(flush, ms - SLOW_MS)
    const timer = setTimeout(flush, ms)
    return () => clearTimeout(timer)
  }
}
