import type { ReactNode } from 'react'
import styles from './Page.module.css'

interface PageProps {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  narrow?: boolean
  children: ReactNode
}

export function Page({ title, lead, actions, narrow = false, children }: PageProps) {
  return (
    <main className={`${styles.page} ${narrow ? styles.narrow : ''}`}>
      <title>{`${title} · Jobwire`}</title>
      <div className={styles.head}>
        <div>
          <h1>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </main>
  )
}

interface PanelProps {
  title: string
  aside?: ReactNode
  children: ReactNode
  className?: string | undefined
}

export function Panel({ title, aside, children, className }: PanelProps) {
  return (
    <section className={`${styles.panel} ${className ?? ''}`} aria-label={title}>
      <div className={styles.panelHead}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

export const StickyFoot = ({ children }: { children: ReactNode }) => (
  <div className={styles.stickyFoot}>{children}</div>
)

export const Loading = ({ what }: { what: string }) => (
  <p className={styles.loading} role="status">
    Loading {what}…
  </p>
)

export const FootActions = ({ children }: { children: ReactNode }) => (
  <div className={styles.actions}>{children}</div>
)
