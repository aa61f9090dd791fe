import type { Run } from '../../lib/api/runs'
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
  const news = counts.ready === 0 ? 'Nothing new' : `${plural(counts.ready, 'job')} new or changed`
  const parts = [
    counts.expired > 0 && `${plural(counts.expired, 'job')} gone`,
    counts.error > 0 && `${plural(counts.error, 'job')} failed`,
    boards,
  ].filter(Boolean)
  return `${[news, ...parts].join(', ')}.`
}
