import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../components/Button'
import { Dialog } from '../../components/Dialog'
import { Problem } from '../../components/Notice'
import { abortRun } from '../../lib/api/runs'
import { plural } from '../../lib/format'
import { queryKeys } from '../../lib/queries'
import styles from './Header.module.css'

interface Props {
  runId: number
  done: number
  open: number
}

export function AbortButton({ runId, done, open }: Props) {
  const [asking, setAsking] = useState(false)
  const queries = useQueryClient()
  const abort = useMutation({
    mutationFn: () => abortRun(runId),
    onSuccess: () => setAsking(false),
    // A run that ended meanwhile answers 409: what is shown is out of date.
    onError: () => queries.invalidateQueries({ queryKey: queryKeys.run(runId) }),
  })
  return (
    <>
      <Button look="danger" data-testid="abort-button" onClick={() => setAsking(true)}>
        Abort
      </Button>
      {asking && (
        <Dialog label={`Abort run ${runId}?`} onClose={() => setAsking(false)}>
          <h2>Abort run {runId}?</h2>
          <p className={styles.dialogText}>
            What is done stays: {plural(done, 'job')} so far, with everything fetched for them.{' '}
            {open > 0 ? `The ${plural(open, 'open job')} are left for the next run.` : ''} An aborted run
            cannot be resumed, but a new one skips what has not changed.
          </p>
          {abort.error && <Problem error={abort.error} />}
          <div className={styles.dialogActions}>
            <Button onClick={() => setAsking(false)}>Keep it going</Button>
            <Button
              look="danger"
              data-testid="abort-confirm"
              disabled={abort.isPending}
              onClick={() => abort.mutate()}
            >
              {abort.isPending ? 'Aborting…' : 'Abort run'}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  )
}
