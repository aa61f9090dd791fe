import { TermChips } from '../../components/TermChips'
import type { Follow, TitleFilters } from '../../lib/api/follows'
import { firstError, useChangeFollows } from '../../lib/useChangeFollows'
import styles from './Preview.module.css'

interface Props {
  follow: Follow
  /** The filters are saved: what the board has answered is to be looked at with them. */
  onSaved: (filters: TitleFilters) => void
}

/** A company's filters, to change beside what they do. */
export function Filters({ follow, onSaved }: Props) {
  const { company_name: company, title_filters: filters } = follow
  const change = useChangeFollows()
  const error = change.error?.message ?? firstError(change.data)
  const save = (next: TitleFilters) =>
    change.mutate([{ op: 'upsert', company_name: company, title_filters: next }], {
      onSuccess: (outcomes) => {
        if (firstError(outcomes) === null) onSaved(next)
      },
    })
  return (
    <div className={styles.filters}>
      <TermChips
        label="Only with"
        look="include"
        company={company}
        terms={filters.include}
        onChange={(include) => save({ ...filters, include })}
      />
      <TermChips
        label="Never with"
        look="exclude"
        company={company}
        terms={filters.exclude}
        onChange={(exclude) => save({ ...filters, exclude })}
      />
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}
