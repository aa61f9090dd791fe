/** How the server's values are said. */

import type { PostingEvent, Salary } from '../../lib/api/jobs'

/** The day, `days` days before `now`, as the server writes it (UTC). */
export const daysAgo = (now: Date, days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)

/** A country or a language by its code; the code itself where it has no name. */
export function nameIn(type: 'region' | 'language', code: string): string {
  try {
    return new Intl.DisplayNames('en', { type }).of(code) ?? code
  } catch {
    return code
  }
}

/** A range as its board states it: "EUR 60,000 to 80,000 a year". */
export function salaryText({ minimum, maximum, currency, interval }: Salary): string {
  const amounts = [...new Set([minimum, maximum])].filter((amount) => amount !== null)
  const range = amounts.map((amount) => amount.toLocaleString('en')).join(' to ')
  const bound = minimum === null ? 'up to' : maximum === null ? 'from' : ''
  const per = interval && `${interval === 'hour' ? 'an' : 'a'} ${interval}`
  return [bound, currency, range, per].filter(Boolean).join(' ')
}

/** What became of a posting, with its reason. */
export function eventText({ kind, reason }: PostingEvent): string {
  switch (kind) {
    case 'first_seen':
      return 'First seen'
    case 'changed':
      return `Changed: ${reason}`
    case 'gone':
      return `Expired: ${reason}`
    case 'back':
      return 'Back on the board'
  }
}
