import { useState } from 'react'
import { Button } from '../../components/Button'
import type { Facet } from '../../lib/api/jobs'
import { formatCount } from '../../lib/format'
import styles from './Jobs.module.css'

const SHOWN = 6

interface Props {
  title: string
  facet: Facet
  chosen: readonly string[]
  nameOf?: (value: string) => string
  onToggle: (value: string) => void
}

/** The values of one kind with their counts; those that are chosen are always shown. */
export function FacetGroup({ title, facet, chosen, nameOf = (value) => value, onToggle }: Props) {
  const [all, setAll] = useState(false)
  if (facet.length === 0 || (facet.length === 1 && chosen.length === 0)) return null
  const shown = facet.filter(({ value }, index) => all || index < SHOWN || chosen.includes(value))
  return (
    <fieldset className={styles.facet}>
      <legend>{title}</legend>
      {shown.map(({ value, count }) => (
        <label key={value} className={styles.value}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => onToggle(value)} />
          <span dir="auto">{nameOf(value)}</span>
          <span className={styles.count}>{formatCount(count)}</span>
        </label>
      ))}
      {facet.length > SHOWN && (
        <Button look="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show ${facet.length - SHOWN} more`}
        </Button>
      )}
    </fieldset>
  )
}
