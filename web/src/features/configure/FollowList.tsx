import { useState } from 'react'
import { Button } from '../../components/Button'
import { Notice, Problem } from '../../components/Notice'
import { Panel } from '../../components/Page'
import { SearchField } from '../../components/SearchField'
import { useCompanySearch } from '../../components/useCompanySearch'
import type { Follow, FollowChange, TitleFilters } from '../../lib/api/follows'
import { plural } from '../../lib/format'
import { firstError, useChangeFollows } from '../../lib/useChangeFollows'
import { useDebounced } from '../../lib/useDebounced'
import { useGrowing } from '../../lib/useGrowing'
import { FollowRow } from './FollowRow'
import styles from './Follows.module.css'

const TRY_AFTER_MS = 250
/** A row that is out of sight costs little, but some follow thousands. */
const SHOWN_AT_FIRST = 50

/** What was just done to the list, and what would undo it. */
interface Done {
  readonly text: string
  readonly undo: readonly FollowChange[]
}

const restore = (follow: Follow): FollowChange => ({
  op: 'upsert',
  company_name: follow.company_name,
  source: follow.source,
  title_filters: follow.title_filters,
  is_enabled: follow.is_enabled,
  move: true,
})

export function FollowList({ follows }: { follows: readonly Follow[] }) {
  const { shown, field, none } = useCompanySearch(follows)
  const [all, setAll] = useState(false)
  const drawn = all ? shown : shown.slice(0, SHOWN_AT_FIRST)
  const { list, grow } = useGrowing<HTMLUListElement>()
  const [typed, setTyped] = useState('')
  const tried = useDebounced(typed.trim(), TRY_AFTER_MS)
  const [done, setDone] = useState<Done | null>(null)
  const change = useChangeFollows()
  const error = change.error ?? firstError(change.data)

  const apply = (changes: readonly FollowChange[], then: Done | null) => {
    change.mutate(changes, { onSuccess: (outcomes) => setDone(firstError(outcomes) === null ? then : null) })
  }
  const remove = (follow: Follow) =>
    apply([{ op: 'delete', company_name: follow.company_name }], {
      text: `${follow.company_name} is no longer followed.`,
      undo: [restore(follow)],
    })
  const applyToAll = (filters: TitleFilters) =>
    apply(
      follows.map(({ company_name }) => ({ op: 'upsert', company_name, title_filters: filters })),
      {
        text: `All ${plural(follows.length, 'company', 'companies')} have these filters now.`,
        undo: follows.map(restore),
      },
    )

  return (
    <Panel title={`You follow ${plural(follows.length, 'company', 'companies')}`} aside={field}>
      {(done || error) && (
        <div className={styles.done}>
          {error && <Problem error={error} />}
          {done && (
            <Notice tone="work" action={<Button onClick={() => apply(done.undo, null)}>Undo</Button>}>
              {done.text}
            </Notice>
          )}
        </div>
      )}
      <p className={styles.hint}>
        A term is a word or phrase contained in the title. <code>"word"</code> in quotes is a whole word,{' '}
        <code>/…/</code> a regular expression. Enter adds it. “Never with” wins over “Only with”.
      </p>
      <div className={styles.tester}>
        <label htmlFor="try-title">Try a title</label>
        <SearchField
          id="try-title"
          label="Try a title"
          placeholder="Senior Go Engineer"
          maxLength={200}
          value={typed}
          onChange={setTyped}
        />
        <span className={styles.testerHint}>Each company then says what its filters make of it.</span>
      </div>
      <ul ref={list}>
        {drawn.map((follow, index) => (
          <FollowRow
            key={follow.company_name}
            follow={follow}
            tried={tried}
            onApplyToAll={follows.length > 1 ? applyToAll : null}
            onDelete={remove}
            isEarly={index < SHOWN_AT_FIRST}
          />
        ))}
      </ul>
      {drawn.length < shown.length && (
        <Button
          look="quiet"
          onClick={() => {
            grow()
            setAll(true)
          }}
        >
          Show all {plural(shown.length, 'company', 'companies')}
        </Button>
      )}
      {shown.length === 0 && <p className={styles.hint}>{none}</p>}
    </Panel>
  )
}
