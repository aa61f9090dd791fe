import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useState } from 'react'
import { Button, buttonClass } from '../../components/Button'
import { Notice, Problem } from '../../components/Notice'
import { Loading, Page, Panel } from '../../components/Page'
import { SearchField } from '../../components/SearchField'
import { exportPath, type JobsFilter, type Mark } from '../../lib/api/jobs'
import { formatCount, plural } from '../../lib/format'
import { useMarks } from '../../lib/useMarks'
import { FacetPanel } from './FacetPanel'
import styles from './Jobs.module.css'
import { PostingRows } from './PostingRows'
import { SavedSearches } from './SavedSearches'
import { changed, isNarrowed, type JobsChange, type JobsSearch } from './search'
import { useJobs } from './useJobs'
import { useTyped } from './useTyped'

// The sanitiser comes with it: nobody needs it before the first click.
const PostingDrawer = lazy(() =>
  import('./PostingDrawer').then((module) => ({ default: module.PostingDrawer })),
)

/** Every posting of the companies that one follows: found by words, narrowed down by facets, all in the address. */
export function JobsPage() {
  const search = useSearch({ from: '/jobs' })
  const navigate = useNavigate({ from: '/jobs' })
  const go = useCallback(
    (some: JobsChange, replace: boolean) =>
      void navigate({ search: (now) => changed(now, some), replace, resetScroll: false }),
    [navigate],
  )
  // "Back" undoes what was chosen; not what was typed, letter by letter, nor a look at a posting.
  const choose = useCallback((some: JobsChange) => go(some, false), [go])
  const change = useCallback((some: JobsChange) => go(some, true), [go])
  const { job, ...filter } = search
  const { pages, facets, jobs } = useJobs(filter)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [isFetchingNextPage, fetchNextPage])
  const open = useCallback(({ id }: { id: number }) => change({ job: id }), [change])
  const marks = useMarks()
  const { mutate: setMark } = marks
  const mark = useCallback((id: number, mark: Mark, on: boolean) => setMark({ id, mark, on }), [setMark])
  const total = facets.data?.total ?? null
  const [saving, setSaving] = useState(false)

  return (
    <Page
      title="Jobs"
      lead="Every posting of the companies that you follow, as your title filters keep them."
      actions={<Button onClick={() => setSaving(true)}>Saved searches and feeds</Button>}
    >
      <PostingSearch value={search.q ?? ''} tell={(q) => change({ q: q || undefined })} />
      {(pages.error ?? facets.error) && (
        <Problem error={pages.error ?? facets.error} retry={() => void pages.refetch()} />
      )}
      {marks.error && <Problem error={marks.error} />}
      <Remarks facets={facets.data} />
      <div className={styles.layout}>
        <details className={styles.filters} open={window.matchMedia?.('(min-width: 60rem)').matches ?? true}>
          <summary>Filters</summary>
          {facets.data && <FacetPanel facets={facets.data} search={search} change={choose} />}
        </details>
        <Panel
          title={total === null ? 'Postings' : plural(total, 'posting')}
          aside={
            <div className={styles.narrowed}>
              <Narrowed search={search} change={choose} />
              {jobs.length > 0 && <Exports filter={filter} />}
            </div>
          }
        >
          <p role="status" className="visually-hidden">
            {facets.data && !facets.isPlaceholderData && `${plural(facets.data.total, 'posting')} found`}
          </p>
          <div data-stale={pages.isPlaceholderData} className={styles.results}>
            {pages.isPending && <Loading what="the postings" />}
            {pages.data && jobs.length === 0 && <Nothing search={search} />}
            {jobs.length > 0 && (
              <PostingRows
                jobs={jobs}
                total={total}
                hasMore={hasNextPage}
                loadMore={loadMore}
                onOpen={open}
                onMark={mark}
              />
            )}
          </div>
        </Panel>
      </div>
      {saving && <SavedSearches filter={filter} onClose={() => setSaving(false)} />}
      {job !== undefined && (
        <Suspense>
          <PostingDrawer key={job} id={job} onMark={mark} onClose={() => change({ job: undefined })} />
        </Suspense>
      )}
    </Page>
  )
}

function PostingSearch({ value, tell }: { value: string; tell: (value: string) => void }) {
  const [typed, setTyped] = useTyped(value, tell)
  return (
    <SearchField
      large
      label="Find postings"
      placeholder="Words of title, company, place or text"
      value={typed}
      onChange={setTyped}
    />
  )
}

/** What the person ought to know about the result: words taken for others, postings that are not read yet. */
function Remarks({ facets }: { facets: ReturnType<typeof useJobs>['facets']['data'] }) {
  const instead = Object.entries(facets?.instead ?? {})
  return (
    <>
      {instead.length > 0 && (
        <Notice tone="work">
          {instead.map(([word, words]) => (
            <p key={word}>
              No posting has “{word}”: these have {words.map((one) => `“${one}”`).join(' or ')}.
            </p>
          ))}
        </Notice>
      )}
      {facets !== undefined && facets.unindexed > 0 && (
        <p className={styles.remark}>
          {formatCount(facets.unindexed)} new {facets.unindexed === 1 ? 'posting is' : 'postings are'} found
          by title, company and place only, until their text has been read for the search.
        </p>
      )}
    </>
  )
}

function Narrowed({ search, change }: { search: JobsSearch; change: (change: JobsChange) => void }) {
  return (
    <>
      {search.run !== undefined && (
        <Button look="quiet" onClick={() => change({ run: undefined })}>
          New in run {search.run} ×
        </Button>
      )}
      {isNarrowed(search) && (
        <Link to="/jobs" search={{}} className={buttonClass('quiet')}>
          Clear all
        </Link>
      )}
    </>
  )
}

/** Everything that the list holds, as a file; the browser signs in by its cookie. */
const Exports = ({ filter }: { filter: JobsFilter }) => (
  <>
    <a href={exportPath('/api/jobs.csv', filter)} download className={buttonClass('quiet')}>
      Export CSV
    </a>
    <a href={exportPath('/api/jobs.json', filter)} download className={buttonClass('quiet')}>
      Export JSON
    </a>
  </>
)

const Nothing = ({ search }: { search: JobsSearch }) =>
  isNarrowed(search) ? (
    <p className={styles.empty}>No posting is like that.</p>
  ) : (
    <p className={styles.empty}>
      No postings yet. <Link to="/configure">Choose companies</Link> and start a run.
    </p>
  )
