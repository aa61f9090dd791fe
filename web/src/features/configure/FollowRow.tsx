import { useRef, useState } from 'react'
import { Button } from '../../components/Button'
import { Switch } from '../../components/Switch'
import { TitleTerms } from '../../components/TitleTerms'
import type { Follow, FollowChange, TitleFilters } from '../../lib/api/follows'
import { firstError, isTaken, useChangeFollows } from '../../lib/useChangeFollows'
import { useNearSight } from '../../lib/useNearSight'
import styles from './Follows.module.css'
import { TitleVerdict } from './TitleVerdict'

interface Props {
  follow: Follow
  /** A title to try this company's filters on; blank for none. */
  tried: string
  /** Null when there is no other company to take them. */
  onApplyToAll: ((filters: TitleFilters) => void) | null
  onDelete: (follow: Follow) => void
  /** It is one of those that are drawn at once. */
  isEarly: boolean
}

/**
 * A company, its filters, and what can be done with it. Out of sight it has its name alone, which can still be found in the
 * page, unless it ever had the focus: something may be half typed in it.
 */
export function FollowRow({ follow, tried, onApplyToAll, onDelete, isEarly }: Props) {
  const { company_name: company, source, title_filters: filters, is_enabled: enabled } = follow
  const change = useChangeFollows()
  const upsert = (rest: Omit<Extract<FollowChange, { op: 'upsert' }>, 'op' | 'company_name'>) =>
    isTaken(change.mutateAsync([{ op: 'upsert', company_name: company, ...rest }]))
  const error = change.error?.message ?? firstError(change.data)
  const hasTerms = filters.include.length + filters.exclude.length > 0
  const row = useRef<HTMLLIElement>(null)
  const { isNear, height } = useNearSight(row, isEarly)
  const [isTouched, setTouched] = useState(false)
  const isWhole = isNear || isTouched
  return (
    <li
      ref={row}
      className={styles.row}
      style={isWhole || height === null ? undefined : { minBlockSize: height }}
      data-disabled={!enabled || undefined}
      data-company={company}
      data-whole={isWhole || undefined}
      onFocus={() => setTouched(true)}
    >
      <div className={styles.name}>
        {isWhole && (
          <Switch
            label={`Run ${company}`}
            on={enabled}
            onChange={(is_enabled) => void upsert({ is_enabled })}
          />
        )}
        <strong>{company}</strong>
        <code className={styles.source}>{source}</code>
      </div>
      {isWhole && (
        <>
          <div className={styles.filters}>
            <TitleTerms
              company={company}
              filters={filters}
              error={error}
              onChange={(title_filters) => upsert({ title_filters })}
            />
            {tried !== '' && <TitleVerdict title={tried} filters={filters} />}
          </div>
          <div className={styles.actions}>
            {onApplyToAll && hasTerms && (
              <Button look="quiet" onClick={() => onApplyToAll(filters)}>
                Apply to all
              </Button>
            )}
            <Button look="quiet" aria-label={`Delete ${company}`} onClick={() => onDelete(follow)}>
              Delete
            </Button>
          </div>
        </>
      )}
    </li>
  )
}
