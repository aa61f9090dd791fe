import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Button, buttonClass } from '../../components/Button'
import { Description, SafeHtml } from '../../components/Description'
import { Dialog } from '../../components/Dialog'
import { Problem } from '../../components/Notice'
import { Loading } from '../../components/Page'
import { StarButton } from '../../components/StarButton'
import type { Mark, Posting, PostingEvent } from '../../lib/api/jobs'
import { formatDateTime, formatDay, safeUrl, titleOf } from '../../lib/format'
import { postingQuery } from '../../lib/queries'
import { valueName } from '../../lib/valueNames'
import styles from './Jobs.module.css'
import { eventText, nameIn, salaryText } from './words'

interface Props {
  id: number
  onMark: (id: number, mark: Mark, on: boolean) => void
  onClose: () => void
}

/** One posting in full. Who opens it has seen it. */
export function PostingDrawer({ id, onMark, onClose }: Props) {
  const { data: posting, error } = useQuery(postingQuery(id))
  const wasSeen = useRef(false)
  useEffect(() => {
    if (posting === undefined || wasSeen.current) return
    wasSeen.current = true
    if (!posting.seen) onMark(id, 'seen', true)
  }, [id, posting, onMark])
  const url = safeUrl(posting?.url ?? null)
  return (
    <Dialog label={posting ? titleOf(posting.title) : 'Posting'} onClose={onClose} drawer>
      <div className={styles.drawerHead}>
        {url && (
          <a href={url} target="_blank" rel="noopener noreferrer" className={buttonClass()}>
            Open the posting
          </a>
        )}
        {posting && <StarButton on={posting.starred} onChange={(on) => onMark(id, 'starred', on)} />}
        <Button look="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      {error && <Problem error={error} />}
      {!posting && !error && <Loading what="the posting" />}
      {posting && (
        <>
          <h2 className={styles.drawerTitle} dir="auto">
            {titleOf(posting.title)}
          </h2>
          <Facts posting={posting} />
          <AlsoAt postings={posting.also} />
          <History events={posting.history} />
          {posting.requirements_html && (
            <details className={styles.requirements}>
              <summary>Requirements</summary>
              <SafeHtml html={posting.requirements_html} />
            </details>
          )}
          <Description posting={posting} />
        </>
      )}
    </Dialog>
  )
}

function Facts({ posting }: { posting: Posting }) {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Company', posting.company_name],
    ['Place', posting.location],
    ['Department', posting.department],
    ['Workplace', posting.workplace && valueName(posting.workplace)],
    ['Employment', posting.employment_type && valueName(posting.employment_type)],
    ['Salary', posting.salary && salaryText(posting.salary)],
    ['Country', posting.country && nameIn('region', posting.country)],
    ['Language', posting.language && nameIn('language', posting.language)],
    ['Posted', posting.posted_on && formatDay(posting.posted_on)],
    ['Closes', posting.closes_on && formatDay(posting.closes_on)],
    ['Gone since', posting.gone_at && formatDateTime(posting.gone_at)],
    ['Why', posting.gone_reason],
  ]
  return (
    <dl className={styles.facts}>
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** The other postings of the same job: one a place, as a rule. */
function AlsoAt({ postings }: { postings: Posting['also'] }) {
  if (postings.length === 0) return null
  return (
    <section aria-label="The same job elsewhere">
      <h3 className={styles.drawerHeading}>The same job elsewhere</h3>
      <ul className={styles.history}>
        {postings.map(({ id, location, url }) => (
          <li key={id} dir="auto">
            <a href={safeUrl(url) ?? undefined} target="_blank" rel="noopener noreferrer">
              {location || 'Another posting'}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What became of the posting, from when it was first seen: nothing to tell while that is all. */
function History({ events }: { events: readonly PostingEvent[] }) {
  if (events.length < 2) return null
  return (
    <section aria-label="History">
      <h3 className={styles.drawerHeading}>History</h3>
      <ol className={styles.history}>
        {events.map((event) => (
          <li key={`${event.at} ${event.kind}`}>
            <time dateTime={event.at}>{formatDateTime(event.at)}</time> {eventText(event)}
          </li>
        ))}
      </ol>
    </section>
  )
}
