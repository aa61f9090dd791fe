import { memo } from 'react'
import { Panel } from '../../components/Page'
import { useRunBoards } from '../../lib/useRunBoards'
import { DoubtQuestion } from './DoubtQuestion'
import styles from './Doubts.module.css'

/** What the boards of a run ask. Nothing where none asks anything. */
export const Doubts = memo(function Doubts({ runId }: { runId: number }) {
  const asked = useRunBoards(runId).flatMap(({ company_name: company, doubt }) =>
    doubt === null ? [] : [{ company, doubt }],
  )
  if (asked.length === 0) return null
  return (
    <Panel title="What the boards ask">
      <ul className={styles.questions}>
        {asked.map(({ company, doubt }) => (
          <li key={company}>
            <DoubtQuestion company={company} doubt={doubt} />
          </li>
        ))}
      </ul>
    </Panel>
  )
})
