import { useQuery } from '@tanstack/react-query'
import { ShapeIcon } from '../../components/Badge'
import type { TitleFilters } from '../../lib/api/follows'
import type { Verdict } from '../../lib/api/titles'
import { quotedTerm } from '../../lib/format'
import { verdictsQuery } from '../../lib/queries'
import styles from './TitleVerdict.module.css'

interface Props {
  title: string
  filters: TitleFilters
}

/** What a company's filters make of a title that a person tries, and why. */
export function TitleVerdict({ title, filters }: Props) {
  const { data, error } = useQuery(verdictsQuery(filters, [title]))
  const verdict = data?.[0]
  if (error) return <p className={styles.verdict}>{error.message}</p>
  if (!verdict) return <p className={styles.verdict}>Asking…</p>
  return (
    <p className={styles.verdict} data-kept={verdict.kept} data-testid="title-verdict">
      <ShapeIcon shape={verdict.kept ? 'check' : 'minus'} />
      <span>
        <q>{title}</q>: {explain(verdict)}
      </span>
    </p>
  )
}

export function explain({ kept, term }: Pick<Verdict, 'kept' | 'term'>): string {
  if (term !== null) return kept ? `kept by ${quotedTerm(term)}` : `left out by ${quotedTerm(term)}`
  return kept ? 'kept, for nothing speaks against it' : 'left out, for it holds no “only with” term'
}
