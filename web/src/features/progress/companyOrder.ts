import { useRef } from 'react'
import type { RunCompany } from '../../lib/api/runs'
import type { CompanyStatus } from '../../lib/statuses'
import { useThrottled } from '../../lib/useThrottled'

const RANK: Readonly<Record<CompanyStatus, number>> = {
  error: 0,
  crawling: 1,
  listing: 2,
  waiting: 3,
  done: 4,
}

/** Failed first, then what is at work, then what waits, then what is done. */
export const orderCompanies = (companies: readonly RunCompany[]): RunCompany[] =>
  [...companies].sort(
    (a, b) => RANK[a.status] - RANK[b.status] || a.company_name.localeCompare(b.company_name),
  )

const REORDER_MS = 1000

/** The same, but in a new order at most once a second, and never under the pointer or the focus: while `held()`. */
export function useStableOrder(companies: readonly RunCompany[], held: () => boolean): RunCompany[] {
  const order = useRef('')
  const sorted = orderCompanies(companies)
  const due = useThrottled(sorted.map(({ company_name: name }) => name).join('\n'), REORDER_MS)
  if (order.current === '' || !held()) order.current = due
  const place = new Map(order.current.split('\n').map((name, index) => [name, index]))
  // Those that came since are behind the others.
  const placeOf = ({ company_name: name }: RunCompany) => place.get(name) ?? place.size
  return sorted.sort((a, b) => placeOf(a) - placeOf(b))
}
