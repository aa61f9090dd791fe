import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/Button'
import { Dialog } from '../../components/Dialog'
import { Problem } from '../../components/Notice'
import type { JobsFilter } from '../../lib/api/jobs'
import { deleteSearch, getSearches, saveSearch } from '../../lib/api/searches'
import styles from './Jobs.module.css'
import { parseJobsSearch } from './search'

const KEY = ['saved-searches'] as const

/** Keeps the question that is asked now, and lists those that are kept. A feed's address is told once. */
export function SavedSearches({ filter, onClose }: { filter: JobsFilter; onClose: () => void }) {
  const [name, setName] = useState(filter.q ?? '')
  const client = useQueryClient()
  const renew = () => client.invalidateQueries({ queryKey: KEY })
  const searches = useQuery({ queryKey: KEY, queryFn: ({ signal }) => getSearches(signal) })
  const save = useMutation({
    mutationFn: () => saveSearch(name.trim(), filter),
    onSuccess: () => {
      // Saved once more under this name, it would end the feed whose address is shown.
      setName('')
      return renew()
    },
  })
  const forget = useMutation({ mutationFn: deleteSearch, onSuccess: renew })
  const error = save.error ?? forget.error ?? searches.error
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Dialog label="Saved searches" onClose={onClose}>
      <h2>Saved searches</h2>
      <form onSubmit={submit} className={styles.saving}>
        <input
          aria-label="Name of the search"
          placeholder="Name of this search"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" look="primary" disabled={save.isPending || name.trim() === ''}>
          Save this search
        </Button>
      </form>
      {error && <Problem error={error} />}
      {save.data && <Feed path={save.data} />}
      {searches.data?.length === 0 && (
        <p className={styles.noSearches}>
          None yet. A saved search keeps what you look for on this page, and has an Atom feed of what is new
          in it.
        </p>
      )}
      <ul className={styles.searches}>
        {searches.data?.map((search) => (
          <li key={search.id}>
            <Link to="/jobs" search={parseJobsSearch(search.parameters)} onClick={onClose} dir="auto">
              {search.name}
            </Link>
            <Button
              look="quiet"
              aria-label={`Delete ${search.name}, and end its feed`}
              onClick={() => forget.mutate(search.id)}
            >
              Delete
            </Button>
          </li>
        ))}
      </ul>
      <Button onClick={onClose}>Close</Button>
    </Dialog>
  )
}

const Feed = ({ path }: { path: string }) => (
  <label className={styles.choice}>
    Its Atom feed: whoever has this address can read it. It is shown only now.
    <input
      readOnly
      value={new URL(path, window.location.origin).href}
      onFocus={(event) => event.target.select()}
    />
  </label>
)
