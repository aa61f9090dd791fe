import { memo, useReducer, useState } from 'react'
import { Button } from '../../components/Button'
import { Panel } from '../../components/Page'
import { CompanyBadge } from '../../components/StatusBadges'
import type { RunCompany } from '../../lib/api/runs'
import { formatCount, plural } from '../../lib/format'
import { settledOf, totalOf } from '../../lib/statuses'
import { useCompanyCounts } from '../../lib/stream/hooks'
import type { RunStore } from '../../lib/stream/store'
import { useGrowing } from '../../lib/useGrowing'
import styles from './CompanyCards.module.css'
import { useStableOrder } from './companyOrder'

/** Each is drawn anew whenever any of its jobs changes. */
const SHOWN_AT_FIRST = 20

interface Props {
  store: RunStore
  companies: readonly RunCompany[]
  ended: boolean
  chosen: string | null
  onChoose: (company: string | null) => void
}

export const CompanyCards = memo(function CompanyCards({ store, companies, ended, chosen, onChoose }: Props) {
  const [all, setAll] = useState(false)
  // Under the pointer and the focus the order is kept.
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0)
  const { list, grow } = useGrowing<HTMLUListElement>()
  const ordered = useStableOrder(
    companies,
    () =>
      list.current !== null &&
      (list.current.matches(':hover') || list.current.contains(document.activeElement)),
  )
  const shown = all ? ordered : ordered.slice(0, SHOWN_AT_FIRST)
  return (
    <Panel title="Companies" aside={<span className={styles.aside}>{formatCount(companies.length)}</span>}>
      <ul className={styles.cards} ref={list} onPointerLeave={redraw} onBlur={redraw}>
        {shown.map((company) => (
          <Card
            key={company.company_name}
            store={store}
            company={company}
            ended={ended}
            chosen={company.company_name === chosen}
            onChoose={onChoose}
          />
        ))}
      </ul>
      {shown.length < ordered.length && (
        <Button
          look="quiet"
          onClick={() => {
            grow()
            setAll(true)
          }}
        >
          Show all {plural(ordered.length, 'company', 'companies')}
        </Button>
      )}
    </Panel>
  )
})

interface CardProps {
  store: RunStore
  company: RunCompany
  ended: boolean
  chosen: boolean
  onChoose: (company: string | null) => void
}

const Card = memo(function Card({ store, company, ended, chosen, onChoose }: CardProps) {
  const { company_name: name, status, reason } = company
  // The stream is newer than what was asked for, but knows nothing before all boards are listed.
  const counts = useCompanyCounts(store, name) ?? company.counts
  const total = totalOf(counts)
  const done = settledOf(counts)
  // Nothing more happens in it, and it wants nothing of anybody.
  const isCollapsed = status === 'done' && counts.error === 0
  return (
    <li data-testid="company-card" data-company={name} data-status={status}>
      <button
        type="button"
        className={styles.card}
        data-collapsed={isCollapsed || undefined}
        aria-pressed={chosen}
        onClick={() => onChoose(chosen ? null : name)}
      >
        <span className={styles.name}>{name}</span>
        <span className={styles.state}>
          <CompanyBadge status={status} ended={ended} />
        </span>
        <span className={styles.figures}>
          {total > 0 &&
            (isCollapsed ? plural(total, 'job') : `${formatCount(done)} / ${plural(total, 'job')}`)}
          {total === 0 && status === 'done' && 'no jobs'}
          {counts.error > 0 && <span className={styles.failed}> {formatCount(counts.error)} failed</span>}
        </span>
        {total > 0 && !isCollapsed && (
          <span className={styles.bar} aria-hidden="true">
            <span style={{ scale: `${done / total} 1` }} />
          </span>
        )}
        {/* What it waited for is nothing once the run has ended. */}
        {reason && (status === 'error' || !ended) && (
          <span className={styles.reason} data-waits={status === 'error' ? undefined : true}>
            {reason}
          </span>
        )}
      </button>
    </li>
  )
})
