import { isJobStatus, type JobStatus } from '../../lib/statuses'

/** What the address of the progress page holds: the filters, so that a reload keeps them. */
export interface ProgressSearch {
  readonly status?: JobStatus
  readonly company?: string
  readonly q?: string
  /** Don't go on to the summary when the run has ended: the person came for the log. */
  readonly stay?: true
}

export function parseProgressSearch(search: Record<string, unknown>): ProgressSearch {
  // The router reads a text that looks like a number as one.
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  const company = text(search.company)
  const q = text(search.q)
  return {
    ...(isJobStatus(search.status) && { status: search.status }),
    ...(company !== undefined && { company }),
    ...(q && { q }),
    ...(search.stay === true && { stay: true }),
  }
}

/** Whether somebody looks for something: some jobs are shown, not all. */
export const isFiltered = ({ status, company, q }: ProgressSearch): boolean =>
  status !== undefined || company !== undefined || q !== undefined

/** Changes some of it; undefined takes it out. */
export type SetSearch = (
  change: {
    [Key in keyof ProgressSearch]?: ProgressSearch[Key] | undefined
  },
) => void
