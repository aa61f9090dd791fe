import { useQuery } from '@tanstack/react-query'
import { beganAt } from '../../lib/api/runs'
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
        {runs.map((run) => (
          <option key={run.run_id} value={run.run_id}>
            {run.run_id} ({formatDateTime(beganAt(run))})
          </option>
        ))}
        {other && <option value={chosen}>{chosen}</option>}
      </select>
    </label>
  )
}
