import { useState } from 'react'
import { Button } from '../../components/Button'
import { formatCount, safeUrl, titleOf } from '../../lib/format'
import styles from './Failures.module.css'
import type { FailedItem, FailureGroup } from './group'

const SHOWN_AT_FIRST = 20

interface Props {
  group: FailureGroup
  busy: boolean
  onRetry: () => void
}

/** What failed in one way: how much it is, what and where, and the way to try it again. */
export function FailedKind({ group, busy, onRetry }: Props) {
  const [open, setOpen] = useState(false)
  const { kind, items } = group
  const companies = new Set(items.map((item) => item.company))
  const [only] = companies
  return (
    <li className={styles.group} data-testid="failed-kind">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={styles.summary}>
          <span className={styles.number}>{formatCount(items.length)}</span>
          <span className={styles.reason}>{kind}</span>
          <span className={styles.count}>{companies.size === 1 ? only : `${companies.size} companies`}</span>
        </summary>
        {open && <Items items={items} kind={kind} />}
      </details>
      <Button
        look="quiet"
        className={styles.retry}
        disabled={busy}
        aria-label={`Retry ${formatCount(items.length)}: ${kind}`}
        onClick={onRetry}
      >
        Retry {formatCount(items.length)}
      </Button>
    </li>
  )
}

function Items({ items, kind }: { items: readonly FailedItem[]; kind: string }) {
  const [all, setAll] = useState(false)
  const shown = all ? items : items.slice(0, SHOWN_AT_FIRST)
  return (
    <ul className={styles.items}>
      {shown.map((item) => (
        <li key={item.key}>
          <Title item={item} /> <span className={styles.count}>{item.company}</span>
          {item.reason && item.reason !== kind && <span className={styles.own}>{item.reason}</span>}
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
