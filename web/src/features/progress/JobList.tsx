import { Button } from '../../components/Button'
import { Panel } from '../../components/Page'
import { SearchField } from '../../components/SearchField'
import { plural } from '../../lib/format'
import type { JobView } from '../../lib/stream/fold'
import type { RunSnapshot, RunStore } from '../../lib/stream/store'
import styles from './JobList.module.css'
import { JobRows } from './JobRows'
import { StatusChips } from './StatusChips'
import type { ProgressSearch, SetSearch } from './search'
import { useVisibleJobs } from './visibleJobs'

interface Props {
  runId: number
  store: RunStore
  snapshot: RunSnapshot
  ended: boolean
  /** Why a job failed, by `jobKey`, as far as it is known. */
  reasons: ReadonlyMap<string, string | null>
  search: ProgressSearch
  setSearch: SetSearch
  onOpen: (job: JobView) => void
  /** What to say while there are no jobs at all. */
  empty: string
}

export function JobList(props: Props) {
  const { runId, store, snapshot, ended, reasons, search, setSearch, onOpen, empty } = props
  const jobs = useVisibleJobs(snapshot, search, ended)
  return (
    <Panel
      title="Jobs"
      aside={
        <SearchField
          label="Find in titles"
          value={search.q ?? ''}
          onChange={(q) => setSearch({ q: q || undefined })}
        />
      }
    >
      <div className={styles.filters}>
        <StatusChips
          counts={snapshot.counts}
          ended={ended}
          chosen={search.status ?? null}
          onChoose={(status) => setSearch({ status: status ?? undefined })}
        />
        {search.company !== undefined && (
          <Button look="quiet" onClick={() => setSearch({ company: undefined })}>
            Only {search.company} ×
          </Button>
        )}
      </div>
      {jobs.length > 0 ? (
        <JobRows runId={runId} store={store} jobs={jobs} ended={ended} reasons={reasons} onOpen={onOpen} />
      ) : (
        <p className={styles.empty}>{snapshot.total === 0 ? empty : 'No job matches these filters.'}</p>
      )}
      <p className={styles.foot}>
        {jobs.length === snapshot.total
          ? plural(jobs.length, 'job')
          : `${plural(jobs.length, 'job')} of ${snapshot.total.toLocaleString('en')}`}
      </p>
    </Panel>
  )
}
