import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Link, useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, startTransition, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { buttonClass } from '../../components/Button'
import { Notice, Problem } from '../../components/Notice'
import { Page } from '../../components/Page'
import { ApiError } from '../../lib/api/http'
import type { RunJob } from '../../lib/api/runs'
import { formatCount } from '../../lib/format'
import { isOnItsWay } from '../../lib/isOnItsWay'
import { followedBoardsQuery } from '../../lib/queries'
import type { JobView } from '../../lib/stream/fold'
import { usePhone } from '../../lib/usePhone'
import { Doubts } from '../doubts/Doubts'
import { Failures } from '../failures/Failures'
import { jobKey } from '../failures/group'
import { CompanyCards } from './CompanyCards'
import { Diagnostics } from './Diagnostics'
import { Header } from './Header'
import { JobList } from './JobList'
import { LogPanel } from './LogPanel'
import { PhoneTabs, panelOf, type Tab } from './PhoneTabs'
import styles from './Stage3Progress.module.css'
import { isFiltered, type SetSearch } from './search'
import { useAutoAdvance } from './useAutoAdvance'
import { useEndNotification } from './useEndNotification'
import { type RunProgress, useFailedJobs, useRunProgress } from './useRunProgress'

// The sanitiser comes with it: nobody needs it before the first click.
const JobDrawer = lazy(() => import('./JobDrawer').then((module) => ({ default: module.JobDrawer })))

const NO_FAILED_JOBS: readonly RunJob[] = []

export function Stage3Progress({ runId }: { runId: number }) {
  const progress = useRunProgress(runId)
  const { error, run } = progress
  if (error instanceof ApiError && error.status === 404 && !run) return <NoSuchRun error={error} />
  return <LiveRun runId={runId} progress={progress} />
}

const NoSuchRun = ({ error }: { error: ApiError }) => (
  <Page
    narrow
    title="No such run"
    actions={
      <Link to="/runs" className={buttonClass()}>
        All runs
      </Link>
    }
  >
    <Problem error={error} />
  </Page>
)

/** Most of it is drawn only when what it shows has changed: this is called at each flush. */
function LiveRun({ runId, progress }: { runId: number; progress: RunProgress }) {
  const { store, snapshot, run, error, ended, companies, counts, status } = progress
  const [openJob, setOpenJob] = useState<JobView | null>(null)
  const area = useRef<HTMLDivElement>(null)
  const search = useSearch({ from: '/runs/$runId' })
  const setSearch = useSetSearch()
  const failed = useFailedJobs(runId, counts.error)
  const reasons = useMemo(
    () => new Map(failed.data?.jobs.map((job) => [jobKey(job.company_name, job.external_id), job.reason])),
    [failed.data],
  )
  const names = useMemo(() => companies.map(({ company_name: name }) => name), [companies])
  const [reading, setReading] = useState(false)
  const [tab, setTab] = useTab(isFiltered(search))
  const isDrawn = useDrawnTogether(progress, failed)
  const chooseCompany = useCallback(
    (company: string | null) => {
      setSearch({ company: company ?? undefined })
      if (company !== null) setTab('jobs')
    },
    [setSearch, setTab],
  )
  const looking = openJob !== null || reading || isFiltered(search)
  useEndNotification(runId, status, counts.error)
  useAutoAdvance({ runId, ended, stay: search.stay === true || looking, area })

  return (
    <main>
      <Header runId={runId} progress={progress} />
      <div className={styles.body} ref={area}>
        {isDrawn && (
          <>
            {snapshot.connection.state === 'refused' && <Problem error={snapshot.connection.reason} />}
            {error && !(error instanceof ApiError && error.status === 404) && <Problem error={error} />}
            {run?.error_message && <Notice tone="bad">{run.error_message}</Notice>}
            <Doubts runId={runId} />
            <Failures
              runId={runId}
              retriedIn={run?.retried_in ?? null}
              companies={companies}
              jobs={failed.data?.jobs ?? NO_FAILED_JOBS}
              more={failed.data?.more ?? false}
              total={failed.data || failed.error ? counts.error : 0}
              error={failed.error}
            />
            {tab !== null && <PhoneTabs chosen={tab} onChoose={setTab} />}
            <div className={styles.columns}>
              <div {...panelOf('jobs', tab)}>
                <JobList
                  runId={runId}
                  store={store}
                  snapshot={snapshot}
                  ended={ended}
                  reasons={reasons}
                  search={search}
                  setSearch={setSearch}
                  onOpen={setOpenJob}
                  empty={emptyText(progress)}
                />
              </div>
              <div className={styles.side}>
                <div {...panelOf('companies', tab)}>
                  <CompanyCards
                    store={store}
                    companies={companies}
                    ended={ended}
                    chosen={search.company ?? null}
                    onChoose={chooseCompany}
                  />
                </div>
                <div {...panelOf('log', tab)}>
                  <LogPanel
                    runId={runId}
                    store={store}
                    log={snapshot.log}
                    companies={names}
                    ended={ended}
                    onReading={setReading}
                  />
                </div>
                <Diagnostics store={store} snapshot={snapshot} />
              </div>
            </div>
          </>
        )}
      </div>
      {openJob && (
        <Suspense>
          <JobDrawer
            key={jobKey(openJob.company, openJob.externalId)}
            runId={runId}
            job={openJob}
            status={status}
            onClose={() => setOpenJob(null)}
          />
        </Suspense>
      )}
    </main>
  )
}

/** What failed, and what boards ask, is not waited for longer than this. */
export const PATIENCE_MS = 1000

/**
 * False until the first paint, since how far the run has come is there before the lists are; and until what failed, and what
 * boards ask, is known: it stands above the lists, and would push them down a moment later.
 */
function useDrawnTogether({ run, counts, companies }: RunProgress, failed: UseQueryResult): boolean {
  const [isDrawn, setDrawn] = useState(false)
  const boards = useQuery(followedBoardsQuery)
  const isComing =
    isOnItsWay(boards) ||
    (counts.error > 0 && failed.isPending && failed.failureCount === 0) ||
    (run !== undefined && run.failed_companies > 0 && companies.length === 0)
  useEffect(() => {
    if (isDrawn) return
    const draw = () => startTransition(() => setDrawn(true))
    if (!isComing) draw()
    const timer = setTimeout(draw, PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isComing, isDrawn])
  return isDrawn
}

/** Which part is shown on a phone; null where there is room for all. What the address names comes first. */
function useTab(filtered: boolean): [Tab | null, (tab: Tab) => void] {
  const hasLine = useLocation({ select: ({ hash }) => hash.startsWith('line-') })
  const [tab, setTab] = useState<Tab>(hasLine ? 'log' : filtered ? 'jobs' : 'companies')
  return [usePhone() ? tab : null, setTab]
}

function emptyText({ status, companies, ended }: RunProgress): string {
  if (status === 'pending' || status === null) return 'The run is about to begin.'
  if (ended) return 'This run had no jobs.'
  const listed = companies.filter(
    (company) => company.status !== 'waiting' && company.status !== 'listing',
  ).length
  return `Boards are being listed: ${formatCount(listed)} of ${formatCount(companies.length)} have answered.`
}

/** Change some of what the address holds; undefined takes it out. */
function useSetSearch(): SetSearch {
  const navigate = useNavigate({ from: '/runs/$runId' })
  return useCallback(
    (change) => {
      void navigate({
        replace: true,
        resetScroll: false,
        search: (previous) => {
          const next = { ...previous, ...change }
          return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined))
        },
      })
    },
    [navigate],
  )
}
