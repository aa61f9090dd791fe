import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button, buttonClass } from '../../components/Button'
import { Figures } from '../../components/Figures'
import { Notice, Problem } from '../../components/Notice'
import { FootActions, Loading, Page, Panel, StickyFoot } from '../../components/Page'
import { Stepper } from '../../components/Stepper'
import type { Follow, TitleFilters } from '../../lib/api/follows'
import { formatCount, plural } from '../../lib/format'
import { followsQuery } from '../../lib/queries'
import { ActiveRun } from '../start/ActiveRun'
import { StartRunButton } from '../start/StartRunButton'
import { useStartRun } from '../start/useStartRun'
import { CompanyResult } from './CompanyResult'
import styles from './Preview.module.css'
import { type PreviewTotals, totalsOf } from './totals'
import { type Preview, usePreview } from './usePreview'

export function PreviewPage() {
  // Asked for once: a list that renews itself in mid-preview would begin it anew.
  const follows = useQuery({ ...followsQuery, refetchOnWindowFocus: false, refetchOnReconnect: false })
  const [companies, setCompanies] = useState<readonly string[]>()
  // Taken once, too: filters that are changed here renew the list, and ask no board again.
  if (companies === undefined && follows.data && !follows.isFetching)
    setCompanies(follows.data.filter((follow) => follow.is_enabled).map((follow) => follow.company_name))
  const { preview, retry, refilter } = usePreview(companies)
  return (
    <>
      <Stepper current="preview" />
      <Page
        title="Preview"
        lead="What a run would take from each board with your filters. Nothing is saved here but the filters that you change."
        actions={
          <Link to="/configure" className={buttonClass()}>
            Change filters
          </Link>
        }
      >
        <ActiveRun meaning="The next one can start when it is over." />
        {follows.error && <Problem error={follows.error} retry={() => void follows.refetch()} />}
        {!companies && !follows.error && <Loading what="your companies" />}
        {companies?.length === 0 && <NothingToPreview />}
        {preview.size > 0 && (
          <Results preview={preview} follows={follows.data ?? []} retry={retry} refilter={refilter} />
        )}
      </Page>
    </>
  )
}

const NothingToPreview = () => (
  <Notice
    tone="work"
    action={
      <Link to="/configure" className={buttonClass('primary')}>
        Choose companies
      </Link>
    }
  >
    No company is switched on, so there is nothing to preview.
  </Notice>
)

interface ResultsProps {
  preview: Preview
  follows: readonly Follow[]
  retry: (companies: readonly string[]) => void
  refilter: (company: string, filters: TitleFilters) => Promise<void>
}

function Results({ preview, follows, retry, refilter }: ResultsProps) {
  const followOf = new Map(follows.map((follow) => [follow.company_name, follow]))
  const totals = totalsOf(preview)
  const rest = [...preview].filter(([, entry]) => entry.state !== 'failed')
  return (
    <>
      <Figures
        figures={[
          { label: 'found', value: totals.found },
          { label: 'kept', value: totals.kept, tone: 'good' },
          ...(totals.known > 0 ? [{ label: 'of them known already', value: totals.known }] : []),
          { label: 'left out', value: totals.leftOut },
          {
            label: 'boards failed',
            value: totals.failed.length,
            tone: totals.failed.length > 0 ? 'bad' : 'idle',
          },
        ]}
      />
      {totals.failed.length > 0 && <Failed totals={totals} retry={retry} />}
      <Panel
        title="By company"
        aside={
          <span className={styles.figures} role="status">
            {totals.answered + totals.failed.length} of {plural(totals.companies, 'board')} answered
          </span>
        }
      >
        <ul>
          {rest.map(([company, entry]) => (
            <CompanyResult
              key={company}
              company={company}
              preview={entry}
              follow={followOf.get(company)}
              onFilters={(filters) => void refilter(company, filters)}
            />
          ))}
        </ul>
      </Panel>
      <Start totals={totals} />
    </>
  )
}

function Failed({ totals, retry }: { totals: PreviewTotals; retry: (companies: readonly string[]) => void }) {
  const companies = totals.failed.map(({ company }) => company)
  return (
    <Panel
      title={`${plural(totals.failed.length, 'board')} failed`}
      aside={totals.failed.length > 1 && <Button onClick={() => retry(companies)}>Retry all</Button>}
    >
      <ul>
        {totals.failed.map(({ company, reason }) => (
          <li key={company} className={styles.failed}>
            <div>
              <strong>{company}</strong>
              <p>{reason}</p>
            </div>
            <Button onClick={() => retry([company])}>Retry</Button>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Start({ totals }: { totals: PreviewTotals }) {
  const start = useStartRun()
  const complete = totals.answered + totals.failed.length === totals.companies
  return (
    <StickyFoot>
      <span>
        <strong>{plural(totals.kept, 'job')}</strong>
        {complete ? ' to look at' : ' so far: boards are still answering'}
      </span>
      <FootActions>
        <StartRunButton start={start}>
          {`Start run (${formatCount(totals.kept)} ${totals.kept === 1 ? 'job' : 'jobs'})`}
        </StartRunButton>
      </FootActions>
      {start.error && <Problem error={start.error} />}
    </StickyFoot>
  )
}
