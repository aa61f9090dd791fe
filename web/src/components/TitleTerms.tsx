import type { TitleFilters } from '../lib/api/follows'
import { TermChips } from './TermChips'
import styles from './TermChips.module.css'

interface Props {
  company: string
  filters: TitleFilters
  /** Why the last change was refused. */
  error: string | null
  /** Resolves to whether it was taken. */
  onChange: (filters: TitleFilters) => Promise<boolean>
}

/** A company's title filters, to change, and what is wrong with the last change. */
export function TitleTerms({ company, filters, error, onChange }: Props) {
  return (
    <>
      <TermChips
        label="Only with"
        look="include"
        company={company}
        terms={filters.include}
        onChange={(include) => onChange({ ...filters, include })}
      />
      <TermChips
        label="Never with"
        look="exclude"
        company={company}
        terms={filters.exclude}
        onChange={(exclude) => onChange({ ...filters, exclude })}
      />
      {error && (
        <p className={styles.error} role="alert" ref={bringIntoView}>
          {error}
        </p>
      )}
    </>
  )
}

/** Below the field that somebody types into there may be no room left in view. */
const bringIntoView = (text: HTMLElement | null): void => text?.scrollIntoView({ block: 'nearest' })
