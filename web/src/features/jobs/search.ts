import type { JobsFilter } from '../../lib/api/jobs'
import { PRESENCES, type Presence } from '../../lib/api/jobs'

/** What the address of the Jobs page holds: the whole question, and the posting that is open. */
export interface JobsSearch extends JobsFilter {
  readonly job?: number
}

/** The parameters that take several values. */
export type ManyName = 'company' | 'location' | 'workplace' | 'employment_type'

/** Changes some of it; undefined takes it out. */
export type JobsChange = { [Key in keyof JobsSearch]?: JobsSearch[Key] | undefined }

const isPresence = (value: unknown): value is Presence => PRESENCES.some((one) => one === value)

export function parseJobsSearch(search: Record<string, unknown>): JobsSearch {
  // The router reads a text that looks like a number as one.
  const text = (value: unknown): string | undefined => {
    const one: unknown = Array.isArray(value) ? value[0] : value
    return typeof one === 'string' || typeof one === 'number' ? String(one) : undefined
  }
  const texts = (name: ManyName) => {
    const value = search[name]
    const found = (Array.isArray(value) ? value : [value])
      .map(text)
      .filter((one): one is string => one !== undefined && one !== '')
    return found.length > 0 && { [name]: found }
  }
  const id = (name: 'run' | 'job') => {
    const value = Number(text(search[name]))
    return Number.isSafeInteger(value) && value > 0 && { [name]: value }
  }
  const q = text(search.q)
  const since = text(search.seen_since)
  const presence = text(search.presence)
  // The router reads true and false as such.
  const is = (name: 'seen' | 'starred', wanted: boolean) =>
    String(search[name]) === String(wanted) && { [name]: wanted }
  return {
    ...(q && { q }),
    ...texts('company'),
    ...texts('location'),
    ...texts('workplace'),
    ...texts('employment_type'),
    ...(isPresence(presence) && presence !== 'live' && { presence }),
    ...(since !== undefined && /^\d{4}-\d\d-\d\d$/.test(since) && { seen_since: since }),
    ...is('seen', false),
    ...is('starred', true),
    ...id('run'),
    ...id('job'),
  }
}

export const changed = (search: JobsSearch, change: JobsChange): JobsSearch =>
  parseJobsSearch({ ...search, ...change })

/** With one more value, or one less. */
export function toggled(values: readonly string[] | undefined, value: string): readonly string[] | undefined {
  const all = values ?? []
  const left = all.includes(value) ? all.filter((one) => one !== value) : [...all, value]
  return left.length > 0 ? left : undefined
}

export const isNarrowed = ({ job: _, ...filter }: JobsSearch): boolean => Object.keys(filter).length > 0
