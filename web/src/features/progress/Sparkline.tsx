import { formatCount } from '../../lib/format'
import styles from './Header.module.css'
import { HISTORY } from './usePace'

const WIDTH = 120
const HEIGHT = 24

/** Jobs per second over the last minute. */
export function Sparkline({ history }: { history: readonly number[] }) {
  if (history.length < 2) return null
  const most = Math.max(1, ...history)
  const step = WIDTH / (HISTORY - 1)
  const from = HISTORY - history.length
  const points = history.map((value, index) => {
    const x = (from + index) * step
    return `${x.toFixed(1)},${(HEIGHT - 1 - (value / most) * (HEIGHT - 2)).toFixed(1)}`
  })
  return (
    <svg
      className={styles.sparkline}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Jobs per second over the last minute: at most ${formatCount(most)}`}
    >
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} stroke="currentColor" strokeOpacity={0.35} />
      <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth={1.5} />
    </svg>
  )
}
