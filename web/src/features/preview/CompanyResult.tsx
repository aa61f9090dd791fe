import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../../components/Badge'
import { Button } from '../../components/Button'
import type { DryJob } from '../../lib/api/dryRun'
import type { Follow, TitleFilters } from '../../lib/api/follows'
import type { Verdict } from '../../lib/api/titles'
import { formatCount, plural, safeUrl, titleOf } from '../../lib/format'
import { verdictsQuery } from '../../lib/queries'
import { useGrowing } from '../../lib/useGrowing'
import { Filters } from './Filters'
import { Marked } from './Marked'
import styles from './Preview.module.css'
import { knownOf } from './totals'
import type { CompanyPreview } from './usePreview'

const SHOWN_AT_FIRST = 20

interface Props {
  company: string
  preview: CompanyPreview
  follow: Follow | undefined
  onFilters: (filters: TitleFilters) => void
}

export function CompanyResult({ company, preview, follow, onFilters }: Props) {
  const [open, setOpen] = useState(false)
  if (preview.state !== 'done')
    return (
      <li className={styles.company}>
        <div className={styles.companyHead}>
          <strong>{company}</strong>
          <StateBadge preview={preview} />
        </div>
      </li>
    )
  const { total_count: found, filtered_count: kept, included_jobs, excluded_jobs, notes } = preview.result
  const known = knownOf(preview.result)
  return (
    <li className={styles.company} data-company={company}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={styles.companyHead}>
          <strong>{company}</strong>
          <span className={styles.figures}>
            <b>{formatCount(kept)}</b> of {plural(found, 'opening')} kept
            {known > 0 && `, ${kept === known ? 'all known already' : `${formatCount(kept - known)} new`}`}
          </span>
        </summary>
        {open && (
          <>
            {follow && <Filters follow={follow} onSaved={onFilters} />}
            <div className={styles.lists}>
              <JobTitles
                heading="Kept"
                jobs={included_jobs}
                marksNew={known > 0}
                filters={follow?.title_filters}
                none="The filters keep none of these."
              />
              <JobTitles
                heading="Left out"
                jobs={excluded_jobs}
                filters={follow?.title_filters}
                none="None."
              />
            </div>
          </>
        )}
      </details>
      {notes.length > 0 && (
        <ul className={styles.notes} aria-label={`About the list of ${company}`}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </li>
  )
}

function StateBadge({ preview }: { preview: CompanyPreview }) {
  switch (preview.state) {
    case 'waiting':
      return (
        <Badge tone="idle" shape="ring">
          Waiting
        </Badge>
      )
    case 'asking':
      return (
        <Badge tone="work" shape="dot">
          Asking the board
        </Badge>
      )
    default:
      return (
        <Badge tone="bad" shape="cross">
          Failed
        </Badge>
      )
  }
}

const NO_FILTERS: TitleFilters = { include: [], exclude: [] }

interface JobTitlesProps {
  heading: string
  jobs: readonly DryJob[]
  /** Where some are known, those that are not are marked. */
  marksNew?: boolean
  filters: TitleFilters | undefined
  none: string
}

function JobTitles({ heading, jobs, marksNew = false, filters = NO_FILTERS, none }: JobTitlesProps) {
  const [all, setAll] = useState(false)
  const shown = all ? jobs : jobs.slice(0, SHOWN_AT_FIRST)
  const { list, grow } = useGrowing<HTMLUListElement>()
  const titles = shown.map((job) => job.title)
  const hasTerms = filters.include.length + filters.exclude.length > 0
  const verdicts = useQuery({
    ...verdictsQuery(filters, titles),
    enabled: hasTerms && titles.length > 0,
  })
  return (
    <section>
      <h3>
        {heading} ({formatCount(jobs.length)})
      </h3>
      {jobs.length === 0 && <p className={styles.none}>{none}</p>}
      <ul className={styles.titles} ref={list}>
        {shown.map((job, index) => (
          <li key={job.id}>
            <Title job={job} verdict={hasTerms ? verdicts.data?.[index] : undefined} />
            {marksNew && !job.known && <span className={styles.new}>New</span>}
            {job.location && <span className={styles.location}>{job.location}</span>}
          </li>
        ))}
      </ul>
      {shown.length < jobs.length && (
        <Button
          look="quiet"
          onClick={() => {
            grow()
            setAll(true)
          }}
        >
          Show all {formatCount(jobs.length)}
        </Button>
      )}
    </section>
  )
}

function Title({ job, verdict }: { job: DryJob; verdict: Verdict | undefined }) {
  const url = safeUrl(job.url)
  const title = <Marked title={titleOf(job.title)} verdict={verdict} />
  if (!url) return <span>{title}</span>
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {title}
    </a>
  )
}
