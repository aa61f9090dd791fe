import { Panel } from '../../components/Page'
import type { ListedCompany } from '../../lib/api/runs'
import { plural, quotedTerm } from '../../lib/format'
import styles from './Summary.module.css'

const NAMED = 5

/** Under which title filters the companies of a run were read, those with the same ones together. */
export function FiltersUsed({ companies }: { companies: readonly ListedCompany[] }) {
  const groups = new Map<string, { words: string; names: string[] }>()
  for (const { company_name: name, title_filters: filters } of companies) {
    const key = JSON.stringify(filters)
    const held = groups.get(key)
    if (held) held.names.push(name)
    else groups.set(key, { words: wordsOf(filters), names: [name] })
  }
  return (
    <Panel title="Title filters">
      <ul className={styles.filters}>
        {[...groups].map(([key, { words, names }]) => (
          <li key={key}>
            {words} <span className={styles.names}>{namesOf(names)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function wordsOf({ include, exclude }: ListedCompany['title_filters']): string {
  const quoted = (terms: readonly string[]) => terms.map(quotedTerm).join(', ')
  const parts = [
    include.length > 0 && `with ${quoted(include)}`,
    exclude.length > 0 && `never with ${quoted(exclude)}`,
  ].filter(Boolean)
  return parts.length > 0 ? `Titles ${parts.join(', ')}:` : 'All titles:'
}

const namesOf = (names: readonly string[]): string =>
  names.length > NAMED ? plural(names.length, 'company', 'companies') : names.join(', ')
