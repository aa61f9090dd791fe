/** Events as they come, put together into what is folded as one: a group takes the view from one version to a later one. */

import type { StreamEvent } from './events'

/** What one connection has brought of a group that is not whole yet. */
export interface Gathering {
  readonly events: readonly StreamEvent[]
  /** A snapshot in pieces is being sent: it has cleared the cursor, so that each piece may be folded as it comes. */
  readonly inPieces: boolean
}

export const NOTHING: Gathering = { events: [], inPieces: false }

/** Take one event in; `whole` is what can be folded now, most often nothing or a group. */
export function gather(
  before: Gathering,
  event: StreamEvent,
): { readonly whole: readonly StreamEvent[]; readonly gathering: Gathering } {
  const all = [...before.events, event]
  if (event.id === '0') return { whole: all, gathering: { events: [], inPieces: true } }
  if (event.id !== '') return { whole: all, gathering: NOTHING }
  if (before.inPieces || (before.events.length === 0 && standsAlone(event)))
    return { whole: all, gathering: before }
  return { whole: [], gathering: { ...before, events: all } }
}

/** Between two groups these come by themselves, and without an id. */
const standsAlone = ({ kind }: StreamEvent): boolean =>
  kind === 'beat' || kind === 'rotate' || kind === 'unknown'

/** The version in a cursor, or 0 in none. */
export const versionOf = (cursor: string): number => Number.parseInt(cursor, 10) || 0

/** When the version in a cursor was made, in ms since 1970 by the database's clock; null where the cursor does not say. */
export function madeAt(cursor: string): number | null {
  const [, ms] = cursor.split('.')
  return ms ? Number.parseInt(ms, 10) : null
}

/**
 * Whether a view at `cursor` is past this group already.
 *
 * A server that is a moment behind another one may send such. To fold it would take the view back. What brings
 * everything is never old: the server may have had a reason to begin anew.
 */
export function isOld(group: readonly StreamEvent[], cursor: string): boolean {
  if (group.some(({ kind }) => kind === 'all_jobs')) return false
  const last = group.at(-1)
  if (!last) return false
  const version = last.kind === 'beat' && last.id === '' ? last.beat.version : versionOf(last.id)
  return version > 0 && version < versionOf(cursor)
}
