import { useMemo, useState } from 'react'
import { Button } from '../../components/Button'
import { Problem } from '../../components/Notice'
import { Panel } from '../../components/Page'
import type { RunCompany, RunJob } from '../../lib/api/runs'
import { formatCount, plural, safeUrl, titleOf } from '../../lib/format'
import styles from './Failures.module.css'
import { type FailedItem, type FailureGroup, groupFailures } from './group'

const SHOWN_AT_FIRST = 20

interface Props {
  companies: readonly RunCompany[]
  /** The failed jobs that were fetched; `more` when there are more than that. */
  jobs: readonly RunJob[]
  more: boolean
  total: number
  error: Error | null
}

/** Everything that failed, by reason. Nothing when nothing did. */
export function Failures({ companies, jobs, more, total, error }: Props) {
  const groups = useMemo(() => groupFailures(companies, jobs), [companies, jobs])
  const boards = companies.filter(({ status }) => status === 'error').length
  if (total === 0 && boards === 0) return null
  return (
    <Panel title="What failed" aside={<span className={styles.count}>{headline(total, boards)}</span>}>
      {error && <Problem error={error} />}
      <ul>
        {groups.map((group) => (
          <Group key={group.reason} group={group} />
        ))}
      </ul>
      {more && (
        <p className={styles.more}>
          Reasons of the first {formatCount(jobs.length)} of {formatCount(total)}.
        </p>
      )}
    </Panel>
  )
}

function headline(jobs: number, boards: number): string {
  const parts = [boards > 0 && plural(boards, 'board'), jobs > 0 && plural(jobs, 'job')]
  return parts.filter(Boolean).join(', ')
}

function Group({ group }: { group: FailureGroup }) {
  const [open, setOpen] = useState(false)
  const boards = new Set(group.items.map((item) => item.company))
  const [only] = boards
  return (
    <li className={styles.group}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={styles.summary}>
          <span className={styles.number}>{formatCount(group.items.length)}</span>
          <span className={styles.reason}>{group.reason}</span>
          <span className={styles.count}>{boards.size === 1 ? only : `${boards.size} companies`}</span>
        </summary>
        {open && <Items items={group.items} />}
      </details>
    </li>
  )
}

function Items({ items }: { items: readonly FailedItem[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? items : items.slice(0, SHOWN_AT_FIRST)
  return (
    <ul className={styles.items}>
      {shown.map((item) => (
        <li key={item.key}>
          <Title item={item} /> <span className={styles.count}>{item.company}</span>
        </li>
      ))}
      {shown.length < items.length && (
        <li>
          <Button look="quiet" onClick={() => setAll(true)}>
            Show all {formatCount(items.length)}
          </Button>
        </li>
      )}
    </ul>
  )
}

function Title({ item }: { item: FailedItem }) {
  const url = safeUrl(item.url)
  if (item.title === null) return 'The whole board'
  if (!url) return titleOf(item.title)
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {titleOf(item.title)}
    </a>
  )
}
