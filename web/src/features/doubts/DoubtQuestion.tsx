import { Button } from '../../components/Button'
import { Notice, Problem } from '../../components/Notice'
import type { Doubt, Reply } from '../../lib/api/boards'
import { plural } from '../../lib/format'
import styles from './Doubts.module.css'
import { useReply } from './useReply'

interface Props {
  company: string
  doubt: Doubt
}

/** What a board asks that suddenly lacks many postings, or what was said to that, which can be changed. */
export function DoubtQuestion({ company, doubt }: Props) {
  const reply = useReply(company)
  return (
    <Notice
      tone="asks"
      action={
        <span className={styles.answers}>
          {ANSWERS.filter(({ says }) => says !== doubt.reply).map(({ says, text }) => (
            <Button key={says} disabled={reply.isPending} onClick={() => reply.mutate(says)}>
              {text}
            </Button>
          ))}
        </span>
      }
    >
      <p>
        <strong>{company}:</strong> {headline(doubt)}
      </p>
      <p className={styles.why}>{explain(doubt)}</p>
      {reply.error && <Problem error={reply.error} />}
    </Notice>
  )
}

const ANSWERS: readonly { readonly says: Reply; readonly text: string }[] = [
  { says: 'gone', text: 'Yes, they are gone' },
  { says: 'kept', text: 'No, keep them' },
]

function headline({ missing, reply }: Doubt): string {
  const postings = plural(missing, 'posting')
  switch (reply) {
    case 'gone':
      return `${postings} will be called expired by the next run.`
    case 'kept':
      return `${postings} ${missing === 1 ? 'is' : 'are'} kept, though the board lacks ${missing === 1 ? 'it' : 'them'}.`
    case null:
      return `${postings} ${missing === 1 ? 'seems' : 'seem'} gone. Is that so?`
  }
}

function explain({ why, reply, seen, needed }: Doubt): string {
  const reason = `${why.charAt(0).toUpperCase()}${why.slice(1)}.`
  if (reply !== null) return reason
  return `${reason} They stay until you say so, or until the board has said it ${needed} times, six hours or more apart (so far ${seen}).`
}
