import type { ReactNode } from 'react'
import { Button } from './Button'
import styles from './Notice.module.css'

interface Props {
  tone: 'bad' | 'work' | 'good' | 'asks'
  children: ReactNode
  action?: ReactNode
}

/** A question waits for its answer: it interrupts nobody. */
const ROLES = { bad: 'alert', work: 'status', good: 'status', asks: 'group' } as const

export function Notice({ tone, children, action }: Props) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={ROLES[tone]}>
      <div className={styles.text}>{children}</div>
      {action}
    </div>
  )
}

/** What went wrong, in the server's own words, and a way on. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const message = error instanceof Error ? error.message : String(error)
  return (
    <Notice tone="bad" action={retry && <Button onClick={retry}>Try again</Button>}>
      {message}
    </Notice>
  )
}
