import { useRef } from 'react'
import type { RunCompany } from '../../lib/api/runs'
import type { CompanyStatus } from '../../lib/statuses'

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

/** The same, but nothing moves under the pointer or the focus while `held()`. */
export function useStableOrder(companies: readonly RunCompany[], held: () => boolean): RunCompany[] {
  const order = useRef<readonly string[]>([])
  const sorted = orderCompanies(companies)
  if (order.current.length > 0 && held()) {
    const place = new Map(order.current.map((name, index) => [name, index]))
    const last = order.current.length
    sorted.sort((a, b) => (place.get(a.company_name) ?? last) - (place.get(b.company_name) ?? last))
  }
  order.current = sorted.map(({ company_name: name }) => name)
  return sorted
}
