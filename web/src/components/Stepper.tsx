import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { newestRunQuery } from '../lib/queries'
import styles from './Stepper.module.css'

export type Step = 'configure' | 'preview' | 'progress' | 'summary'

/** The way of a run through the pages. The steps of a run lead to the one that is open, else to the newest. */
export function Stepper({ current }: { current: Step }) {
  const { runId: openRun } = useParams({ strict: false })
  const newest = useQuery({ ...newestRunQuery, enabled: openRun === undefined })
  const runId = openRun ?? (newest.data ? String(newest.data.run_id) : null)
  return (
    <nav aria-label="Steps of a run">
      <ol className={styles.stepper}>
        <StepItem number={1} current={current === 'configure'} link={{ to: '/configure' }}>
          Configure
        </StepItem>
        <StepItem number={2} current={current === 'preview'} link={{ to: '/preview' }}>
          Preview
        </StepItem>
        <StepItem
          number={3}
          current={current === 'progress'}
          link={runId === null ? null : { to: '/runs/$runId', params: { runId }, search: { stay: true } }}
        >
          Progress
        </StepItem>
        <StepItem
          number={4}
          current={current === 'summary'}
          link={runId === null ? null : { to: '/runs/$runId/summary', params: { runId } }}
        >
          Summary
        </StepItem>
      </ol>
    </nav>
  )
}

type StepLink =
  | { to: '/configure' | '/preview' }
  | { to: '/runs/$runId'; params: { runId: string }; search: { stay: true } }
  | { to: '/runs/$runId/summary'; params: { runId: string } }

interface StepItemProps {
  number: number
  current: boolean
  link: StepLink | null
  children: string
}

function StepItem({ number, current, link, children }: StepItemProps) {
  const content = (
    <>
      <span className={styles.number} aria-hidden="true">
        {number}
      </span>
      <span className={styles.label}>{children}</span>
    </>
  )
  return (
    <li className={styles.stepItem}>
      {current || link === null ? (
        <span className={styles.step} aria-current={current ? 'step' : undefined}>
          {content}
        </span>
      ) : (
        <Link {...link} className={styles.step}>
          {content}
        </Link>
      )}
    </li>
  )
}
