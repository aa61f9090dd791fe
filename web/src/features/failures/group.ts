import type { RunCompany, RunJob } from '../../lib/api/runs'

export const jobKey = (company: string, externalId: string): string => `${company}\n${externalId}`

export interface FailedItem {
  readonly key: string
  readonly company: string
  /** Null for a company whose board failed as a whole. */
  readonly title: string | null
  readonly url: string | null
}

export interface FailureGroup {
  readonly reason: string
  readonly items: readonly FailedItem[]
}

const NO_REASON = 'No reason was given.'

/** What failed, by reason: boards as well as jobs, the most frequent reason first. */
export function groupFailures(companies: readonly RunCompany[], jobs: readonly RunJob[]): FailureGroup[] {
  const groups = new Map<string, FailedItem[]>()
  const add = (reason: string | null, item: FailedItem) => {
    const key = reason || NO_REASON
    const held = groups.get(key)
    if (held) held.push(item)
    else groups.set(key, [item])
  }
  for (const { company_name: company, status, reason } of companies)
    if (status === 'error') add(reason, { key: company, company, title: null, url: null })
  for (const { company_name: company, external_id, title, reason, url } of jobs)
    add(reason, { key: jobKey(company, external_id), company, title, url })
  return [...groups]
    .map(([reason, items]) => ({ reason, items }))
    .sort((a, b) => b.items.length - a.items.length || a.reason.localeCompare(b.reason))
}
