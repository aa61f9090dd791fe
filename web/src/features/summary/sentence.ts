import { outcomesOf, type Run } from '../../lib/api/runs'
import { plural } from '../../lib/format'
import { settledOf, totalOf } from '../../lib/statuses'

/** The result of an ended run in a sentence. */
export function resultSentence(run: Run): string {
  const { counts, status, failed_companies: failedBoards } = run
  const total = totalOf(counts)
  if (status === 'error') return `The run failed after ${plural(settledOf(counts), 'job')}.`
  if (status === 'aborted') {
    const open = total - settledOf(counts)
    const left =
      open === 0 ? 'nothing was left open' : `${plural(open, 'job')} ${open === 1 ? 'was' : 'were'} left open`
    return `The run was aborted: ${plural(settledOf(counts), 'job')} done, ${left}.`
  }
  const boards = failedBoards > 0 ? `${plural(failedBoards, 'board')} could not be listed` : null
  if (total === 0) return `${boards ?? 'The boards had no jobs that your filters keep'}.`
  const { new: fresh, changed } = outcomesOf(run)
  const parts = [
    fresh > 0 ? plural(fresh, 'new job') : 'Nothing new',
    changed > 0 && `${plural(changed, 'job')} changed`,
    counts.expired > 0 && `${plural(counts.expired, 'job')} gone`,
    counts.error > 0 && `${plural(counts.error, 'job')} failed`,
    boards,
  ].filter(Boolean)
  return `${parts.join(', ')}.`
}
