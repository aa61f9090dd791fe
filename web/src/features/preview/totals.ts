import type { DryRun } from '../../lib/api/dryRun'
import type { Preview } from './usePreview'

export interface PreviewTotals {
  readonly companies: number
  readonly answered: number
  readonly failed: readonly { readonly company: string; readonly reason: string }[]
  readonly found: number
  readonly kept: number
  readonly leftOut: number
  /** Of those that are kept: how many this person's runs have told of before. */
  readonly known: number
}

export function totalsOf(preview: Preview): PreviewTotals {
  const failed: { company: string; reason: string }[] = []
  let answered = 0
  let found = 0
  let kept = 0
  let known = 0
  for (const [company, entry] of preview) {
    if (entry.state === 'failed') failed.push({ company, reason: entry.reason })
    if (entry.state === 'done') {
      answered += 1
      found += entry.result.total_count
      kept += entry.result.filtered_count
      known += knownOf(entry.result)
    }
  }
  return { companies: preview.size, answered, failed, found, kept, leftOut: found - kept, known }
}

/** How many of the kept openings of a board are no news. */
export const knownOf = ({ included_jobs: jobs }: DryRun): number => jobs.filter(({ known }) => known).length
