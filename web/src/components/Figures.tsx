import { formatCount } from '../lib/format'
import type { Tone } from './Badge'
import styles from './Figures.module.css'

interface Figure {
  readonly label: string
  readonly value: number
  readonly tone?: Tone
  /** What to compare it with, in a few words. */
  readonly note?: string | undefined
}

/** A row of large numbers with what they count. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className={styles.figures}>
      {figures.map(({ label, value, tone = 'idle', note }) => (
        <div key={label} className={styles.figure} data-tone={value > 0 ? tone : 'idle'}>
          <dt>
            {label}
            {note && <span className={styles.note}>{note}</span>}
          </dt>
          <dd>{formatCount(value)}</dd>
        </div>
      ))}
    </dl>
  )
}
