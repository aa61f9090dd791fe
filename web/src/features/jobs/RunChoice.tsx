import { useQuery } from '@tanstack/react-query'
import { formatDateTime } from '../../lib/format'
import { lastRunsQuery } from '../../lib/queries'
import styles from './Jobs.module.css'

interface Props {
  chosen: number | undefined
  onChoose: (run: number | undefined) => void
}

/** Only what was news to one of the last runs, or to an older one that the address names. */
export function RunChoice({ chosen, onChoose }: Props) {
  const { data: runs = [] } = useQuery(lastRunsQuery)
  if (runs.length === 0 && chosen === undefined) return null
  const other = chosen !== undefined && !runs.some(({ run_id }) => run_id === chosen)
  return (
    <label className={styles.choice}>
      New in run
      <select
        value={chosen ?? ''}
        onChange={({ target }) => onChoose(target.value ? Number(target.value) : undefined)}
      >
        <option value="">Any or none</option>
        {runs.map(({ run_id, created_at }) => (
          <option key={run_id} value={run_id}>
            {run_id} ({formatDateTime(created_at)})
          </option>
        ))}
        {other && <option value={chosen}>{chosen}</option>}
      </select>
    </label>
  )
}
