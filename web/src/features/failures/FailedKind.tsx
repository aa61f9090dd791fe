import { useState } from 'react'
import { Button } from '../../components/Button'
import { formatCount, formatDateTime, safeUrl, titleOf } from '../../lib/format'
import { useGrowing } from '../../lib/useGrowing'
import styles from './Failures.module.css'
import type { FailedItem, FailureGroup } from './group'

const SHOWN_AT_FIRST = 20

interface Props {
  group: FailureGroup
  /** Until when runs leave a board alone, by company. */
  leftAlone: ReadonlyMap<string, string>
  busy: boolean
  onRetry: () => void
}

/** What failed in one way: how much it is, what and where, and the way to try it again. */
export function FailedKind({ group, leftAlone, busy, onRetry }: Props) {
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
        {open && <Items items={items} kind={kind} leftAlone={leftAlone} />}
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

interface ItemsProps {
  items: readonly FailedItem[]
  kind: string
  leftAlone: ReadonlyMap<string, string>
}

function Items({ items, kind, leftAlone }: ItemsProps) {
  const [all, setAll] = useState(false)
  const shown = all ? items : items.slice(0, SHOWN_AT_FIRST)
  const { list, grow } = useGrowing<HTMLUListElement>()
  return (
    <ul className={styles.items} ref={list}>
      {shown.map((item) => (
        <li key={item.key}>
          <Title item={item} /> <span className={styles.count}>{item.company}</span>
          {item.reason && item.reason !== kind && <span className={styles.own}>{item.reason}</span>}
          {item.externalId === null && <LeftAlone until={leftAlone.get(item.company)} />}
        </li>
      ))}
      {shown.length < items.length && (
        <li>
          <Button
            look="quiet"
            onClick={() => {
              grow()
              setAll(true)
            }}
          >
            Show all {formatCount(items.length)}
          </Button>
        </li>
      )}
    </ul>
  )
}

const LeftAlone = ({ until }: { until: string | undefined }) =>
  until && (
    <span className={styles.own}>
      Runs leave this board alone until {formatDateTime(until)}. A retry asks it now.
    </span>
  )

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
