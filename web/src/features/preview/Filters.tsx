import { TitleTerms } from '../../components/TitleTerms'
import type { Follow, TitleFilters } from '../../lib/api/follows'
import { firstError, isTaken, useChangeFollows } from '../../lib/useChangeFollows'
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
  const save = async (next: TitleFilters) => {
    const taken = await isTaken(
      change.mutateAsync([{ op: 'upsert', company_name: company, title_filters: next }]),
    )
    if (taken) onSaved(next)
    return taken
  }
  return (
    <div className={styles.filters}>
      <TitleTerms company={company} filters={filters} error={error} onChange={save} />
    </div>
  )
}
