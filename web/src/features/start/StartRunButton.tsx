import { Button } from '../../components/Button'
import type { useStartRun } from './useStartRun'

interface Props {
  start: ReturnType<typeof useStartRun>
  disabled?: boolean
  children: string
}

/** The page shows `start.error` where there is room for it. */
export const StartRunButton = ({ start, disabled = false, children }: Props) => (
  <Button
    look="primary"
    data-testid="start-run"
    disabled={disabled || start.isPending}
    onClick={() => start.mutate()}
  >
    {start.isPending ? 'Starting…' : children}
  </Button>
)
