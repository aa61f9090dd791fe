/** What a relay has told of late: a tab that was away for a moment, or whose worker died, lacks only the end of it. */

import type { CompanyJobs, CompanyUpdates, StreamEvent } from '../events'

/** So many changed jobs, companies and lines are kept: to be told more takes about as long as to be told everything. */
export const KEPT = 20_000

export class Past {
  /** The cursor before the first of `events`; null while a snapshot comes, which is no difference to anything. */
  private from: string | null
  private events: StreamEvent[] = []
  private weight = 0

  /** @param cursor where what is told begins, or "" for a snapshot */
  constructor(cursor: string) {
    this.from = cursor === '' ? null : cursor
  }

  add(event: StreamEvent): void {
    if (event.kind === 'all_jobs') this.begin(null)
    if (this.from === null) {
      if (event.id !== '' && event.id !== '0') this.begin(event.id)
      return
    }
    this.events.push(event)
    this.weight += weightOf(event)
    if (this.weight > KEPT && event.id !== '') this.forget()
  }

  /** What has happened since `cursor`, in whole groups; null where that is not known any more. */
  since(cursor: string): readonly StreamEvent[] | null {
    const last = this.events.findLastIndex(({ id }) => id === cursor)
    return last >= 0 || this.from === cursor ? this.events.slice(last + 1) : null
  }

  private begin(from: string | null): void {
    this.from = from
    this.events = []
    this.weight = 0
  }

  /** Keep the newer half, from the end of a group on. Called at such an end: a group is not cut. */
  private forget(): void {
    let left = 0
    let at = 0
    for (const event of this.events) {
      left += weightOf(event)
      at += 1
      if (event.id !== '') this.from = event.id
      if (event.id !== '' && this.weight - left <= KEPT / 2) break
    }
    this.events = this.events.slice(at)
    this.weight -= left
  }
}

function weightOf(event: StreamEvent): number {
  switch (event.kind) {
    case 'all_jobs':
    case 'added':
      return 1 + sum(event.jobs)
    case 'update':
      return 1 + sum(event.updates)
    case 'companies':
      return 1 + event.companies.length
    case 'log':
      return 1 + event.lines.length
    default:
      return 1
  }
}

const sum = (companies: CompanyJobs | CompanyUpdates): number =>
  companies.reduce((total, [, held]) => total + held.length, 0)
