import { Button } from '../../components/Button'
import { SearchField } from '../../components/SearchField'
import styles from './LogPanel.module.css'
import type { LogFilter } from './logFilter'
import type { LogFile } from './useLogFile'

interface Props {
  filter: LogFilter
  onFilter: (filter: LogFilter) => void
  companies: readonly string[]
  follow: boolean
  onFollow: (follow: boolean) => void
  file: LogFile
}

const LEVELS = { info: 'All levels', warning: 'Warnings, errors', error: 'Errors' } as const
const isLevel = (text: string): text is LogFilter['level'] => text in LEVELS

/** What is shown of the log, and how to take it along. */
export function LogTools({ filter, onFilter, companies, follow, onFollow, file }: Props) {
  return (
    <div className={styles.tools}>
      <select
        aria-label="Level of log lines"
        value={filter.level}
        onChange={({ target }) => isLevel(target.value) && onFilter({ ...filter, level: target.value })}
      >
        {Object.entries(LEVELS).map(([level, name]) => (
          <option key={level} value={level}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label="Company of log lines"
        value={filter.company}
        onChange={({ target }) => onFilter({ ...filter, company: target.value })}
      >
        <option value="">All companies</option>
        {companies.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <SearchField
        label="Text in log lines"
        placeholder="Find in the log"
        value={filter.text}
        onChange={(text) => onFilter({ ...filter, text })}
      />
      <label className={styles.follow}>
        <input type="checkbox" checked={follow} onChange={({ target }) => onFollow(target.checked)} />
        Follow
      </label>
      <Button look="quiet" onClick={file.save} disabled={file.busy}>
        {file.busy ? 'Fetching…' : 'Download'}
      </Button>
    </div>
  )
}
