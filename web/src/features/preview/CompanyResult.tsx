import { useState } from 'react'
import { Badge } from '../../components/Badge'
import { Button } from '../../components/Button'
import type { DryJob } from '../../lib/api/dryRun'
import { formatCount, plural, safeUrl, titleOf } from '../../lib/format'
import styles from './Preview.module.css'
import type { CompanyPreview } from './usePreview'

const SHOWN_AT_FIRST = 50

export function CompanyResult({ company, preview }: { company: string; preview: CompanyPreview }) {
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
  const { total_count: found, filtered_count: kept, included_jobs, excluded_jobs } = preview.result
  return (
    <li className={styles.company} data-company={company}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={styles.companyHead}>
          <strong>{company}</strong>
          <span className={styles.figures}>
            <b>{formatCount(kept)}</b> of {plural(found, 'opening')} kept
          </span>
        </summary>
        {open && (
          <div className={styles.lists}>
            <JobTitles heading="Kept" jobs={included_jobs} none="The filters keep none of these." />
            <JobTitles heading="Left out" jobs={excluded_jobs} none="None." />
          </div>
        )}
      </details>
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

function JobTitles({ heading, jobs, none }: { heading: string; jobs: readonly DryJob[]; none: string }) {
  const [all, setAll] = useState(false)
  const shown = all ? jobs : jobs.slice(0, SHOWN_AT_FIRST)
  return (
    <section>
      <h3>
        {heading} ({formatCount(jobs.length)})
      </h3>
      {jobs.length === 0 && <p className={styles.none}>{none}</p>}
      <ul className={styles.titles}>
        {shown.map((job) => (
          <li key={job.id}>
            <Title job={job} />
            {job.location && <span className={styles.location}>{job.location}</span>}
          </li>
        ))}
      </ul>
      {shown.length < jobs.length && (
        <Button look="quiet" onClick={() => setAll(true)}>
          Show all {formatCount(jobs.length)}
        </Button>
      )}
    </section>
  )
}

function Title({ job }: { job: DryJob }) {
  const url = safeUrl(job.url)
  if (!url) return <span>{titleOf(job.title)}</span>
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {titleOf(job.title)}
    </a>
  )
}
