import type { Preview } from './usePreview'

export interface PreviewTotals {
  readonly companies: number
  readonly answered: number
  readonly failed: readonly { readonly company: string; readonly reason: string }[]
  readonly found: number
  readonly kept: number
  readonly leftOut: number
}

export function totalsOf(preview: Preview): PreviewTotals {
  const failed: { company: string; reason: string }[] = []
  let answered = 0
  let found = 0
  let kept = 0
  for (const [company, entry] of preview) {
    if (entry.state === 'failed') failed.push({ company, reason: entry.reason })
    if (entry.state === 'done') {
      answered += 1
      found += entry.result.total_count
      kept += entry.result.filtered_count
    }
  }
  return { companies: preview.size, answered, failed, found, kept, leftOut: found - kept }
}
