import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Badge } from '../../components/Badge'
import { buttonClass } from '../../components/Button'
import { Notice, Problem } from '../../components/Notice'
import { Loading, Page, Panel } from '../../components/Page'
import { CompanyBadge } from '../../components/StatusBadges'
import type { FollowedBoard } from '../../lib/api/server'
import { formatCount, formatDateTime, plural, safeUrl } from '../../lib/format'
import { followedBoardsQuery } from '../../lib/queries'
import styles from './Companies.module.css'

const SEARCH_FROM = 8

export function CompaniesPage() {
  const boards = useQuery(followedBoardsQuery)
  return (
    <Page
      title="Companies"
      lead="Whom you follow, where their openings are published, and how their boards are doing."
      actions={
        <Link to="/configure" className={buttonClass('primary')}>
          Add or change
        </Link>
      }
    >
      {boards.error && <Problem error={boards.error} retry={() => void boards.refetch()} />}
      {boards.isPending && <Loading what="your companies" />}
      {boards.data?.length === 0 && <Nobody />}
      {boards.data && boards.data.length > 0 && <Boards boards={boards.data} />}
    </Page>
  )
}

const Nobody = () => (
  <Notice
    tone="work"
    action={
      <Link to="/configure" className={buttonClass('primary')}>
        Choose companies
      </Link>
    }
  >
    You follow nobody yet.
  </Notice>
)

/** Those whose last run failed come first: they want something of the person. */
export const byTrouble = (boards: readonly FollowedBoard[]): FollowedBoard[] =>
  boards.toSorted((a, b) => Number(hasFailed(b)) - Number(hasFailed(a)))

const hasFailed = (board: FollowedBoard): boolean => board.last_run?.status === 'error'

function Boards({ boards }: { boards: readonly FollowedBoard[] }) {
  const [search, setSearch] = useState('')
  const needle = search.trim().toLowerCase()
  const shown = byTrouble(boards).filter(
    ({ company_name: name, source }) =>
      name.toLowerCase().includes(needle) || source.toLowerCase().includes(needle),
  )
  return (
    <Panel
      title={plural(boards.length, 'company', 'companies')}
      aside={
        boards.length >= SEARCH_FROM && (
          <input
            type="search"
            className={styles.search}
            aria-label="Find a company"
            placeholder="Find a company"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        )
      }
    >
      <ul>
        {shown.map((board) => (
          <Board key={board.company_name} board={board} />
        ))}
      </ul>
      {shown.length === 0 && <p className={styles.none}>No company matches “{search}”.</p>}
    </Panel>
  )
}

function Board({ board }: { board: FollowedBoard }) {
  const url = safeUrl(board.url)
  return (
    <li className={styles.board} data-company={board.company_name}>
      <div className={styles.name}>
        <strong>{board.company_name}</strong>
        {url ? (
          <a href={url} target="_blank" rel="noopener noreferrer">
            {board.source}
          </a>
        ) : (
          <code>{board.source}</code>
        )}
      </div>
      <div className={styles.size}>
        {board.openings === null ? (
          'Not listed yet'
        ) : (
          <>
            <b>{formatCount(board.openings)}</b> {board.openings === 1 ? 'opening' : 'openings'}
          </>
        )}
        {board.listed_at !== null && <span>listed {formatDateTime(board.listed_at)}</span>}
      </div>
      <Health board={board} />
    </li>
  )
}

function Health({ board }: { board: FollowedBoard }) {
  const { last_run: last, is_enabled: enabled } = board
  return (
    <div className={styles.health}>
      {!enabled && (
        <Badge tone="idle" shape="minus">
          Switched off
        </Badge>
      )}
      {last ? (
        <>
          <CompanyBadge status={last.status} ended={last.ended} />
          <Link
            to="/runs/$runId"
            params={{ runId: String(last.run_id) }}
            search={{ stay: true }}
            className={styles.run}
          >
            Run {last.run_id}
          </Link>
          {last.reason !== null && <p className={styles.reason}>{last.reason}</p>}
        </>
      ) : (
        <Badge tone="idle" shape="ring">
          No run yet
        </Badge>
      )}
    </div>
  )
}
