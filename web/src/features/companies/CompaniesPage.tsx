import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Badge } from '../../components/Badge'
import { Button, buttonClass } from '../../components/Button'
import { Notice, Problem } from '../../components/Notice'
import { Loading, Page, Panel } from '../../components/Page'
import { CompanyBadge } from '../../components/StatusBadges'
import { useCompanySearch } from '../../components/useCompanySearch'
import type { FollowedBoard, Setback } from '../../lib/api/boards'
import { formatCount, formatDateTime, isYetToCome, plural, safeUrl } from '../../lib/format'
import { followedBoardsQuery } from '../../lib/queries'
import { DoubtQuestion } from '../doubts/DoubtQuestion'
import { useStartRun } from '../start/useStartRun'
import styles from './Companies.module.css'

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

/** Those that ask something come first, then those that failed last: they want something of the person. */
export const byTrouble = (boards: readonly FollowedBoard[]): FollowedBoard[] =>
  boards.toSorted((a, b) => troubleOf(b) - troubleOf(a))

function troubleOf({ doubt, setback, last_run: last }: FollowedBoard): number {
  if (doubt !== null && doubt.reply === null) return 2
  return setback !== null || last?.status === 'error' ? 1 : 0
}

function Boards({ boards }: { boards: readonly FollowedBoard[] }) {
  const { shown, field, none } = useCompanySearch(byTrouble(boards))
  const start = useStartRun()
  return (
    <Panel title={plural(boards.length, 'company', 'companies')} aside={field}>
      {start.error && <Problem error={start.error} />}
      <ul>
        {shown.map((board) => (
          <Board
            key={board.company_name}
            board={board}
            asking={start.isPending}
            askNow={() => start.mutate([board.company_name])}
          />
        ))}
      </ul>
      {shown.length === 0 && <p className={styles.none}>{none}</p>}
    </Panel>
  )
}

interface BoardProps {
  board: FollowedBoard
  asking: boolean
  askNow: () => void
}

function Board({ board, asking, askNow }: BoardProps) {
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
          board.postings === 0 ? (
            'Not listed yet'
          ) : (
            `${plural(board.postings, 'posting')}, never listed whole`
          )
        ) : (
          <>
            <b>{formatCount(board.openings)}</b> {board.openings === 1 ? 'opening' : 'openings'}
          </>
        )}
        {board.listed_at !== null && <span>listed {formatDateTime(board.listed_at)}</span>}
      </div>
      <Health board={board} />
      {board.setback && <SetbackNote setback={board.setback} asking={asking} askNow={askNow} />}
      {board.doubt && (
        <div className={styles.question}>
          <DoubtQuestion company={board.company_name} doubt={board.doubt} />
        </div>
      )}
    </li>
  )
}

function Health({ board }: { board: FollowedBoard }) {
  const { last_run: last, is_enabled: enabled, setback } = board
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
          {/* A board that is left alone says why below: what it said last, not that it was not asked. */}
          {last.reason !== null && setback === null && <p className={styles.reason}>{last.reason}</p>}
        </>
      ) : (
        <Badge tone="idle" shape="ring">
          No run yet
        </Badge>
      )}
    </div>
  )
}

interface SetbackProps {
  setback: Setback
  asking: boolean
  askNow: () => void
}

const SetbackNote = ({ setback: { failures, reason, retry_at: at }, asking, askNow }: SetbackProps) => (
  <div className={styles.setback}>
    <p>
      {reason} {failures > 1 && `It failed ${failures} times in a row.`}{' '}
      {isYetToCome(at) ? `Runs leave it alone until ${formatDateTime(at)}.` : 'The next run asks it again.'}
    </p>
    <Button look="quiet" disabled={asking} onClick={askNow}>
      Ask it now
    </Button>
  </div>
)
