import { Link, useParams } from '@tanstack/react-router'
import { buttonClass } from '../../components/Button'
import { Page } from '../../components/Page'
import { Stepper } from '../../components/Stepper'
import { parseRunId } from '../../lib/runId'
import { Stage3Progress } from './Stage3Progress'

export function ProgressPage() {
  const { runId } = useParams({ from: '/runs/$runId' })
  const id = parseRunId(runId)
  if (id === null)
    return (
      <Page
        narrow
        title="No such run"
        lead={`“${runId}” is not the number of a run.`}
        actions={
          <Link to="/runs" className={buttonClass('primary')}>
            All runs
          </Link>
        }
      >
        {null}
      </Page>
    )
  return (
    <>
      <Stepper current="progress" />
      <Stage3Progress key={id} runId={id} />
    </>
  )
}
