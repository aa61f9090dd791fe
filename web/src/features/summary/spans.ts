import { beganAt, type ListedCompany, type Run } from '../../lib/api/runs'

/** When in a run a company was worked on, in ms from the run's start. */
export interface Span {
  readonly company: string
  readonly from: number
  readonly to: number
}

/**
 * The companies that took longest, the slowest first. Those that never began are left out; one that never settled was in
 * work until the run was cut short.
 */
export function slowest(run: Run, companies: readonly ListedCompany[], most: number): Span[] {
  const start = Date.parse(beganAt(run))
  return companies
    .flatMap(({ company_name: company, began_at, settled_at }) => {
      const until = settled_at ?? run.finished_at
      if (began_at === null || until === null) return []
      return [{ company, from: Math.max(0, Date.parse(began_at) - start), to: Date.parse(until) - start }]
    })
    .sort((a, b) => b.to - b.from - (a.to - a.from) || a.company.localeCompare(b.company))
    .slice(0, most)
}
