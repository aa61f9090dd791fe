/** A view as the events that lead to it: what the shared worker tells a tab that comes later. */

import type { CompanyJobs, JobOnWire, StreamEvent } from './events'
import type { RunView } from './fold'

/** As the server does it: nobody has to take 100,000 jobs in one go. */
export const PIECE = 2000

/** The last one carries the cursor; until then there is none. Nothing where the view is still empty. */
export function snapshotOf(view: RunView): StreamEvent[] {
  if (view.status === null && view.jobs.size === 0) return []
  const [first = [], ...rest] = pieces(view)
  return [
    { kind: 'all_jobs', jobs: first, id: '0' },
    ...rest.map((jobs) => ({ kind: 'added' as const, jobs, id: '' })),
    { kind: 'companies', companies: [...view.companies], id: '' },
    { kind: 'log', lines: view.log.lines, id: '' },
    // While a snapshot of an ended run comes in pieces there is none: it comes last.
    ...(view.status === null ? [] : [{ kind: 'status' as const, status: view.status, id: view.cursor }]),
  ]
}

function pieces(view: RunView): CompanyJobs[] {
  const done: CompanyJobs[] = []
  let piece: [string, JobOnWire[]][] = []
  let room = PIECE
  for (const [company, held] of view.jobs) {
    const jobs = [...held.values()]
    for (let at = 0; at === 0 || at < jobs.length; ) {
      const part = jobs.slice(at, at + room)
      piece.push([company, part])
      at += Math.max(part.length, 1)
      room -= part.length
      if (room > 0) continue
      done.push(piece)
      piece = []
      room = PIECE
    }
  }
  return piece.length > 0 ? [...done, piece] : done
}
