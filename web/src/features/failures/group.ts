import type { RetryWish, RunCompany, RunJob } from '../../lib/api/runs'
import { kindOf } from './kinds'

export const jobKey = (company: string, externalId: string): string => `${company}\n${externalId}`

export interface FailedItem {
  readonly key: string
  readonly company: string
  /** Null for a company whose board failed as a whole, as is `externalId`. */
  readonly title: string | null
  readonly externalId: string | null
  readonly url: string | null
  readonly reason: string | null
}

export interface FailureGroup {
  readonly kind: string
  readonly items: readonly FailedItem[]
}

/** What failed, by kind of reason: boards as well as jobs, the most frequent kind first. */
export function groupFailures(companies: readonly RunCompany[], jobs: readonly RunJob[]): FailureGroup[] {
  const groups = new Map<string, FailedItem[]>()
  const add = (item: FailedItem) => {
    const kind = kindOf(item.reason)
    const held = groups.get(kind)
    if (held) held.push(item)
    else groups.set(kind, [item])
  }
  for (const { company_name: company, status, reason } of companies)
    if (status === 'error') add({ key: company, company, title: null, externalId: null, url: null, reason })
  for (const { company_name: company, external_id: externalId, title, reason, url } of jobs)
    add({ key: jobKey(company, externalId), company, title, externalId, url, reason })
  return [...groups]
    .map(([kind, items]) => ({ kind, items }))
    .sort((a, b) => b.items.length - a.items.length || a.kind.localeCompare(b.kind))
}

/** Just these boards and jobs again. */
export function wishOf(items: readonly FailedItem[]): RetryWish {
  const companies = items.filter((item) => item.externalId === null).map((item) => item.company)
  const jobs = items.flatMap(({ company, externalId }) =>
    externalId === null ? [] : [{ company_name: company, external_id: externalId }],
  )
  return { ...(companies.length > 0 && { companies }), ...(jobs.length > 0 && { jobs }) }
}
