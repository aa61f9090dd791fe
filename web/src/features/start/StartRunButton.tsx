import { Link } from '@tanstack/react-router'
import { Button, buttonClass } from '../../components/Button'
import { useActiveRun } from './ActiveRun'
import type { useStartRun } from './useStartRun'

interface Props {
  start: ReturnType<typeof useStartRun>
  disabled?: boolean
  children: string
}

/** Starts a run, or leads to the one that is going. The page shows `start.error` where there is room for it. */
export function StartRunButton({ start, disabled = false, children }: Props) {
  const active = useActiveRun()
  if (typeof active === 'number')
    return (
      <Link to="/runs/$runId" params={{ runId: String(active) }} className={buttonClass('primary')}>
        Go to run {active}
      </Link>
    )
  return (
    <Button
      look="primary"
      data-testid="start-run"
      disabled={disabled || start.isPending}
      onClick={() => start.mutate(null)}
    >
      {start.isPending ? 'Starting…' : children}
    </Button>
  )
}
