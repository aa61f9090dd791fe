import type { Facets } from '../../lib/api/jobs'
import { PRESENCES, type Presence } from '../../lib/api/jobs'
import { formatCount, formatDay } from '../../lib/format'
import { valueName } from '../../lib/valueNames'
import { FacetGroup } from './FacetGroup'
import styles from './Jobs.module.css'
import { RunChoice } from './RunChoice'
import { type JobsChange, type JobsSearch, type ManyName, toggled } from './search'
import { daysAgo } from './words'

const GROUPS: readonly { readonly name: ManyName; readonly title: string }[] = [
  { name: 'company', title: 'Company' },
  { name: 'location', title: 'Place' },
  { name: 'workplace', title: 'Workplace' },
  { name: 'employment_type', title: 'Employment' },
]
const PRESENCE_NAMES: Readonly<Record<Presence, string>> = { live: 'Open', gone: 'Gone', all: 'Open or gone' }
const SINCE = [
  { days: 0, title: 'Today' },
  { days: 1, title: 'Since yesterday' },
  { days: 6, title: 'In 7 days' },
  { days: 29, title: 'In 30 days' },
] as const

interface Props {
  facets: Facets
  search: JobsSearch
  change: (change: JobsChange) => void
}

export function FacetPanel({ facets, search, change }: Props) {
  return (
    <div className={styles.facets}>
      <label className={styles.choice}>
        Status
        <select
          value={search.presence ?? 'live'}
          onChange={({ target }) => change({ presence: PRESENCES.find((one) => one === target.value) })}
        >
          {PRESENCES.map((presence) => (
            <option key={presence} value={presence}>
              {PRESENCE_NAMES[presence]} ({formatCount(countOf(facets, presence))})
            </option>
          ))}
        </select>
      </label>
      <fieldset className={styles.facet}>
        <legend>Yours</legend>
        <OnlyWith
          name="Starred"
          on={search.starred === true}
          onChange={(on) => change({ starred: on || undefined })}
        />
        <OnlyWith
          name="Not seen yet"
          on={search.seen === false}
          onChange={(on) => change({ seen: on ? false : undefined })}
        />
      </fieldset>
      <SeenSince facets={facets} search={search} change={change} />
      <RunChoice chosen={search.run} onChoose={(run) => change({ run })} />
      {GROUPS.map(({ name, title }) => (
        <FacetGroup
          key={name}
          title={title}
          facet={facets[name]}
          chosen={search[name] ?? []}
          nameOf={name === 'workplace' || name === 'employment_type' ? valueName : (value) => value}
          onToggle={(value) => change({ [name]: toggled(search[name], value) })}
        />
      ))}
    </div>
  )
}

interface OnlyWithProps {
  name: string
  on: boolean
  onChange: (on: boolean) => void
}

const OnlyWith = ({ name, on, onChange }: OnlyWithProps) => (
  <label className={styles.value}>
    <input type="checkbox" checked={on} onChange={({ target }) => onChange(target.checked)} />
    <span>{name}</span>
  </label>
)

function countOf({ presence }: Facets, wanted: Presence): number {
  return presence
    .filter(({ value }) => wanted === 'all' || value === wanted)
    .reduce((sum, { count }) => sum + count, 0)
}

function SeenSince({ facets, search, change }: Props) {
  const now = new Date()
  const days = SINCE.map(({ days: ago, title }) => ({ day: daysAgo(now, ago), title }))
  const chosen = search.seen_since
  const other = chosen !== undefined && !days.some(({ day }) => day === chosen)
  const since = (day: string) =>
    facets.seen_since.filter(({ value }) => value >= day).reduce((sum, { count }) => sum + count, 0)
  return (
    <label className={styles.choice}>
      First seen
      <select
        value={chosen ?? ''}
        onChange={({ target }) => change({ seen_since: target.value || undefined })}
      >
        <option value="">At any time</option>
        {days.map(({ day, title }) => (
          <option key={day} value={day}>
            {title} ({formatCount(since(day))})
          </option>
        ))}
        {other && <option value={chosen}>Since {formatDay(chosen)}</option>}
      </select>
    </label>
  )
}
