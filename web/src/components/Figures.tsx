import { formatCount } from '../lib/format'
import type { Tone } from './Badge'
import styles from './Figures.module.css'

interface Figure {
  readonly label: string
  readonly value: number
  readonly tone?: Tone
}

/** A row of large numbers with what they count. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className={styles.figures}>
      {figures.map(({ label, value, tone = 'idle' }) => (
        <div key={label} className={styles.figure} data-tone={value > 0 ? tone : 'idle'}>
          <dt>{label}</dt>
          <dd>{formatCount(value)}</dd>
        </div>
      ))}
    </dl>
  )
}
