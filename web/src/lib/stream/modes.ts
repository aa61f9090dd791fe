/** What a client of the progress stream knows, what may happen to it, and what it may do about it: see `machine.ts`. */

import type { Beat, StreamEvent } from './events'
import { type Gathering, NOTHING } from './groups'

/** One connection, and what it has brought of a group that is not whole yet. */
export interface Line {
  readonly number: number
  readonly gathering: Gathering
  /** The server has answered since the line was opened, or was last cut. */
  readonly answered: boolean
}

export type Mode =
  /** `line` is open, or the browser is about to open it again; nothing has come on it yet. */
  | { readonly name: 'connecting'; readonly line: Line }
  | { readonly name: 'live'; readonly line: Line }
  /** The server will close `line`: it is used until `next` has brought something. */
  | { readonly name: 'rotating'; readonly line: Line; readonly next: Line }
  /** Nothing is open. The server is being asked why (`asking`), or the time to try again has not come yet. */
  | { readonly name: 'waiting'; readonly asking: boolean }
  | { readonly name: 'ended' }
  | { readonly name: 'refused'; readonly reason: string }

export interface State {
  readonly mode: Mode
  /** The cursor of what has been folded. */
  readonly cursor: string
  /** A terminal status has been folded. */
  readonly ended: boolean
  /** How many connections have been opened: also the number of the newest one. */
  readonly lines: number
  /** How many attempts have failed since something came. */
  readonly failures: number
  /** The line was lost, and nothing has come since. */
  readonly lost: boolean
  /** A beat has disagreed, and none has agreed since. */
  readonly doubts: boolean
}

/** Why a stream was closed for good, as the status endpoint tells it: an `EventSource` hides the HTTP status. */
export type Verdict =
  | { readonly kind: 'running' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The server cannot be asked right now. */
  | { readonly kind: 'unreachable' }

export type Input =
  | { readonly kind: 'start' }
  /** The server has answered with a stream. */
  | { readonly kind: 'answered'; readonly line: number }
  | { readonly kind: 'heard'; readonly line: number; readonly event: StreamEvent }
  /** What came is no event of the protocol. */
  | { readonly kind: 'garbled'; readonly line: number; readonly reason: string }
  /** The line is down. Unless it was `givenUp`, the browser opens it again by itself, from its cursor. */
  | { readonly kind: 'cut'; readonly line: number; readonly givenUp: boolean }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** What the view holds was compared with a beat. */
  | { readonly kind: 'compared'; readonly agrees: boolean }
  | { readonly kind: 'timeout' }
  /** Somebody does not want to wait, or has a reason to think that it works now. */
  | { readonly kind: 'now' }

export type Effect =
  | {
      readonly do: 'open'
      readonly line: number
      readonly cursor: string
      /** The ticket that is held is about to end. */
      readonly freshTicket: boolean
    }
  | { readonly do: 'close'; readonly line: number }
  | { readonly do: 'fold'; readonly event: StreamEvent }
  | { readonly do: 'compare'; readonly beat: Beat }
  /** Forget the cursor: the next connection sends everything. */
  | { readonly do: 'rewind' }
  | { readonly do: 'report'; readonly text: string }
  | { readonly do: 'ask' }
  /** There is one timer: this sets it anew, or off. */
  | { readonly do: 'timer'; readonly ms: number | null }
  /** The same, for longer after each failure, and jittered. */
  | { readonly do: 'back-off'; readonly failures: number }

/** Where a view that has come up to `cursor` begins; `ended`: it has seen the end. */
export const initial = (cursor: string, ended: boolean): State => ({
  mode: { name: 'waiting', asking: false },
  cursor,
  ended,
  lines: 0,
  failures: 0,
  lost: false,
  doubts: false,
})

/** The lines that are open. */
function linesOf(mode: Mode): readonly number[] {
  switch (mode.name) {
    case 'connecting':
    case 'live':
      return [mode.line.number]
    case 'rotating':
      return [mode.line.number, mode.next.number]
    default:
      return []
  }
}

export const closeAll = (mode: Mode): Effect[] => linesOf(mode).map((line) => ({ do: 'close', line }))

/** What a line is to this mode: null for one that was closed and is still heard of. */
export function roleOf(mode: Mode, number: number): 'current' | 'next' | null {
  const [current, next] = linesOf(mode)
  return number === current ? 'current' : number === next ? 'next' : null
}

export const newLine = (number: number): Line => ({ number, gathering: NOTHING, answered: false })
