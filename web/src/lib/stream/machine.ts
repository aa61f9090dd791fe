/**
 * How a client of the progress stream goes from one connection to the next: pure, one step for each thing that happens.
 *
 * ```
 * connecting ──► live ◄──► rotating        waiting: nothing is open; until the server has said why, or for a while
 *     ▲  │        │  │        │            ended: the end has been folded
 *     │  └────────┴──┼────────┘            refused: the server says no, or cannot be understood
 *     └── waiting ◄──┘
 * ```
 *
 * What must hold, each with a test in `machine.test.ts`:
 *
 * 1. Events are folded in whole groups, from one line alone, and no group from before the cursor is.
 * 2. There is at most one line, but for a rotation: then two, until the new one has brought something.
 * 3. A line on which nothing comes for almost 25 s is dead.
 * 4. While the browser reconnects by itself, after the server's `retry`, it is left to it; once it cannot reach the
 *    server, or has given up, this machine does it, for longer after each failure.
 * 5. A view that is wrong is fetched anew once, and not again before a beat has agreed.
 * 6. After the end, or a refusal, nothing is open and nothing more happens.
 */

import { hasEnded } from '../statuses'
import type { StreamEvent } from './events'
import { gather, isOld } from './groups'
import {
  closeAll,
  type Effect,
  type Input,
  type Line,
  type Mode,
  newLine,
  roleOf,
  type State,
  type Verdict,
} from './modes'

/**
 * Silence for so long means that the line is dead: two beats and a half, less what it takes to say so within 25 s. The
 * first answer may take as long.
 */
export const SILENCE_MS = 24_500
/** How long the server may take to say why it refused. */
export const ASK_MS = 10_000

export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}

export function step(state: State, input: Input): Step {
  switch (input.kind) {
    case 'start':
      return state.ended ? end(state) : open(state)
    case 'answered':
      return still(answered(state, input.line))
    case 'heard':
      return heard(state, input.line, input.event)
    case 'garbled':
      return roleOf(state.mode, input.line) ? refuse(state, input.reason) : still(state)
    case 'cut':
      return cut(state, input.line, input.givenUp)
    case 'verdict':
      return state.mode.name === 'waiting' && state.mode.asking ? judge(state, input.verdict) : still(state)
    case 'compared':
      return compared(state, input.agrees)
    case 'timeout':
      return timedOut(state)
    case 'now':
      return hurry(state)
  }
}

const still = (state: State): Step => ({ state, effects: [] })

const after = (effects: readonly Effect[], next: Step): Step => ({
  state: next.state,
  effects: [...effects, ...next.effects],
})

/** Close what is open, and open one line at the cursor. */
function open(state: State): Step {
  const line = newLine(state.lines + 1)
  return {
    state: { ...state, mode: { name: 'connecting', line }, lines: line.number },
    effects: [
      ...closeAll(state.mode),
      { do: 'open', line: line.number, cursor: state.cursor, freshTicket: false },
      { do: 'timer', ms: SILENCE_MS },
    ],
  }
}

function answered(state: State, number: number): State {
  const { mode } = state
  switch (roleOf(mode, number)) {
    case 'current':
      return 'line' in mode ? { ...state, mode: { ...mode, line: { ...mode.line, answered: true } } } : state
    case 'next':
      return 'next' in mode ? { ...state, mode: { ...mode, next: { ...mode.next, answered: true } } } : state
    case null:
      return state
  }
}

function heard(before: State, number: number, event: StreamEvent): Step {
  const { mode } = before
  const state = { ...before, failures: 0 }
  const role = roleOf(mode, number)
  if (role === 'next' && mode.name === 'rotating') return heardNext(state, mode.line, mode.next, event)
  if (role !== 'current' || !('line' in mode)) return still(before)
  const { whole, gathering } = gather(mode.line.gathering, event)
  const line: Line = { number, gathering, answered: true }
  const on: Mode = mode.name === 'rotating' ? { ...mode, line } : { name: 'live', line }
  return after([ALIVE], foldGroup({ ...state, mode: on, lost: false }, whole))
}

/** Until the new line has brought something that is not old, the other one is listened to. */
function heardNext(state: State, line: Line, before: Line, event: StreamEvent): Step {
  const { whole, gathering } = gather(before.gathering, event)
  const next: Line = { number: before.number, gathering, answered: true }
  if (whole.length === 0 || isOld(whole, state.cursor))
    return { state: { ...state, mode: { name: 'rotating', line, next } }, effects: [ALIVE] }
  const handedOver: State = { ...state, mode: { name: 'live', line: next } }
  return after([{ do: 'close', line: line.number }, ALIVE], foldGroup(handedOver, whole))
}

const ALIVE: Effect = { do: 'timer', ms: SILENCE_MS }

function foldGroup(state: State, events: readonly StreamEvent[]): Step {
  if (isOld(events, state.cursor)) return still(state)
  let now: Step = still(state)
  for (const event of events) now = after(now.effects, foldOne(now.state, event))
  return now.state.ended ? after(now.effects, end(now.state)) : now
}

function foldOne(state: State, event: StreamEvent): Step {
  const next: State = {
    ...state,
    cursor: event.id === '' ? state.cursor : event.id === '0' ? '' : event.id,
    ended: event.kind === 'status' ? hasEnded(event.status) : state.ended,
  }
  const effects: Effect[] = [{ do: 'fold', event }]
  if (event.kind === 'beat') effects.push({ do: 'compare', beat: event.beat })
  return event.kind === 'rotate' ? after(effects, rotate(next, event.reason)) : { state: next, effects }
}

/** Make before break. A server that is going has nowhere to go to: its close is one as any other. */
function rotate(state: State, reason: string): Step {
  if (state.mode.name !== 'live' || reason === 'shutdown') return still(state)
  const next = newLine(state.lines + 1)
  return {
    state: { ...state, mode: { name: 'rotating', line: state.mode.line, next }, lines: next.number },
    effects: [{ do: 'open', line: next.number, cursor: state.cursor, freshTicket: reason === 'token' }],
  }
}

function cut(state: State, number: number, givenUp: boolean): Step {
  const { mode } = state
  const role = roleOf(mode, number)
  if (role === null || !('line' in mode)) return still(state)
  if (mode.name === 'rotating') return cutInRotation(state, mode.line, mode.next, role)
  if (givenUp) {
    return {
      state: { ...state, mode: { name: 'waiting', asking: true }, lost: true },
      effects: [...closeAll(mode), { do: 'ask' }, { do: 'timer', ms: ASK_MS }],
    }
  }
  if (!mode.line.answered && state.lost) return after(closeAll(mode), backOff(state))
  // The group that was cut comes again, from its beginning.
  return {
    state: { ...state, mode: { name: 'connecting', line: newLine(number) }, lost: true },
    effects: [{ do: 'timer', ms: SILENCE_MS }],
  }
}

function cutInRotation(state: State, line: Line, next: Line, role: 'current' | 'next'): Step {
  if (role === 'next')
    return {
      state: { ...state, mode: { name: 'live', line } },
      effects: [{ do: 'close', line: next.number }],
    }
  return {
    state: { ...state, mode: { name: 'connecting', line: next }, lost: true },
    effects: [
      { do: 'close', line: line.number },
      { do: 'timer', ms: SILENCE_MS },
    ],
  }
}

/** Nothing answers: try again later. */
const backOff = (state: State): Step => ({
  state: { ...state, mode: { name: 'waiting', asking: false }, failures: state.failures + 1, lost: true },
  effects: [{ do: 'back-off', failures: state.failures }],
})

/** The browser has given up for good: go on as the server says. */
function judge(state: State, verdict: Verdict): Step {
  if (verdict.kind === 'refused') return refuse(state, verdict.reason)
  if (verdict.kind === 'ended' && state.ended) return end(state)
  if (verdict.kind !== 'ended') return backOff(state)
  // The server takes us for finished, but the end never arrived here: only the full state can mend that.
  return after([{ do: 'rewind' }], backOff({ ...state, cursor: '' }))
}

/** A view that is wrong heals once: where the full state does not help, asking for it again and again would not. */
function compared(state: State, agrees: boolean): Step {
  if (agrees) return still({ ...state, doubts: false })
  if (state.doubts || state.mode.name === 'refused') return still(state)
  const report: Effect = {
    do: 'report',
    text: `What this page held at ${state.cursor} was not what the server has. Everything is fetched again.`,
  }
  const wrong = { ...state, cursor: '', ended: false, doubts: true, lost: true }
  return after([report, { do: 'rewind' }], open(wrong))
}

function timedOut(state: State): Step {
  const { mode } = state
  switch (mode.name) {
    case 'connecting':
    case 'live':
    case 'rotating':
      return open({ ...state, lost: true })
    case 'waiting':
      return mode.asking ? backOff(state) : open(state)
    case 'ended':
    case 'refused':
      return still(state)
  }
}

function hurry(state: State): Step {
  const { mode } = state
  const isWaiting = mode.name === 'waiting' && !mode.asking
  return isWaiting || (mode.name === 'connecting' && state.lost) ? open(state) : still(state)
}

const end = (state: State): Step => ({
  state: { ...state, mode: { name: 'ended' }, lost: false },
  effects: [...closeAll(state.mode), { do: 'timer', ms: null }],
})

const refuse = (state: State, reason: string): Step => ({
  state: { ...state, mode: { name: 'refused', reason } },
  effects: [...closeAll(state.mode), { do: 'timer', ms: null }],
})
