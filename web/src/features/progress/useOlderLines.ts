import { useQuery } from '@tanstack/react-query'
import { getLogs, type LogLine } from '../../lib/api/logs'
import type { LogRing } from '../../lib/stream/logRing'

/**
 * The lines from `seq` on, where that one is older than what the ring holds; else null.
 *
 * A ring that is still empty may yet have it: nothing is asked for before.
 */
export function useOlderLines(runId: number, seq: number | null, log: LogRing): readonly LogLine[] | null {
  const first = log.lines[0]?.seq
  const isOlder = seq !== null && first !== undefined && log.isCut && seq < first
  const page = useQuery({
    queryKey: ['run', runId, 'log', seq],
    queryFn: ({ signal }) => getLogs(runId, Math.max(0, (seq ?? 1) - 1), signal),
    enabled: isOlder,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return isOlder ? (page.data?.logs ?? null) : null
}
