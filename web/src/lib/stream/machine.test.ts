import { describe, expect, it } from 'vitest'
import { parseStreamEvent, type StreamEvent } from './events'
import { SILENCE_MS, step } from './machine'
import { type Effect, type Input, initial, type State } from './modes'

const event = (name: string, data: unknown, id = ''): StreamEvent =>
  parseStreamEvent(name, typeof data === 'string' ? data : JSON.stringify(data), id)
const update = (id = '') => event('update', { acme: { 1: 'ready' } }, id)
const beat = (version: number) => event('beat', { at: 1, version, jobs: 0, digest: '00000000' })
const rotate = (reason = 'lifetime') => event('rotate', { in_ms: 2000, reason })
const heard = (line: number, ...events: StreamEvent[]): Input[] =>
  events.map((one) => ({ kind: 'heard', line, event: one }))
const cut = (line: number, givenUp = false): Input => ({ kind: 'cut', line, givenUp })
const answered = (line: number): Input => ({ kind: 'answered', line })

/** Give the machine what happens, one after the other; say where it is then, and all that it did. */
function machine(...inputs: (Input | Input[])[]): { state: State; effects: Effect[] } {
  let state = initial('', false)
  const effects: Effect[] = []
  for (const input of [{ kind: 'start' } as const, ...inputs.flat()]) {
    const next = step(state, input)
    state = next.state
    effects.push(...next.effects)
  }
  return { state, effects }
}

const folded = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.do === 'fold' ? [`${effect.event.kind} ${effect.event.id}`.trim()] : [],
  )
const opened = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.do === 'open' ? [`${effect.line} ${effect.cursor}`.trim()] : []))
const openLines = (effects: readonly Effect[]) => {
  const lines = new Set<number>()
  for (const effect of effects) {
    if (effect.do === 'open') lines.add(effect.line)
    if (effect.do === 'close') lines.delete(effect.line)
  }
  return [...lines]
}

describe('1. groups', () => {
  it('are folded when they are whole', () => {
    const part = heard(1, event('status', 'ingesting'), event('all_jobs', {}))
    expect(folded(machine(answered(1), part).effects)).toEqual([])
    const { state, effects } = machine(answered(1), part, heard(1, event('companies', {}, '3.1')))
    expect(folded(effects)).toEqual(['status', 'all_jobs', 'companies 3.1'])
    expect(state).toMatchObject({ mode: { name: 'live' }, cursor: '3.1' })
  })

  it('are forgotten where they were cut, and come again', () => {
    const { effects } = machine(
      heard(1, event('all_jobs', {}, '3.1'), update()),
      cut(1),
      heard(1, update('4.1')),
    )
    expect(folded(effects)).toEqual(['all_jobs 3.1', 'update 4.1'])
  })

  it('that come in pieces are folded piece by piece, without a cursor meanwhile', () => {
    const { state, effects } = machine(heard(1, event('all_jobs', {}, '0'), event('added', {})))
    expect(folded(effects)).toEqual(['all_jobs 0', 'added'])
    expect(state.cursor).toBe('')
  })

  it('from before the cursor are not folded, but for one with everything', () => {
    const { effects } = machine(
      heard(1, event('all_jobs', {}, '9.1'), update('8.1'), beat(8), event('all_jobs', {}, '7.1')),
    )
    expect(folded(effects)).toEqual(['all_jobs 9.1', 'all_jobs 7.1'])
  })
})

describe('2. rotation', () => {
  const live = heard(1, event('all_jobs', {}, '4.1'), rotate())

  it('opens the next line at the cursor, and listens to the old one until the new one speaks', () => {
    const { state, effects } = machine(live, answered(2), heard(1, update('5.1')))
    expect(state.mode.name).toBe('rotating')
    expect(opened(effects)).toEqual(['1', '2 4.1'])
    expect(openLines(effects)).toEqual([1, 2])
    const then = machine(live, heard(1, update('5.1')), heard(2, beat(5)), heard(1, update('6.1')))
    expect(openLines(then.effects)).toEqual([2])
    expect(folded(then.effects)).toEqual(['all_jobs 4.1', 'rotate', 'update 5.1', 'beat'])
  })

  it('does not go to a server that is behind', () => {
    const { state, effects } = machine(live, heard(1, update('6.1')), heard(2, beat(5), update('5.1')))
    expect(state.mode.name).toBe('rotating')
    expect(folded(effects)).toEqual(['all_jobs 4.1', 'rotate', 'update 6.1'])
  })

  it('does not happen when the server goes', () => {
    const { effects } = machine(heard(1, event('all_jobs', {}, '4.1'), rotate('shutdown')))
    expect(openLines(effects)).toEqual([1])
  })

  it('survives the loss of either line', () => {
    expect(machine(live, cut(2, true)).state.mode).toMatchObject({ name: 'live', line: { number: 1 } })
    const { state, effects } = machine(live, cut(1))
    expect(state.mode).toMatchObject({ name: 'connecting', line: { number: 2 } })
    expect(openLines(effects)).toEqual([2])
  })

  it('asks for another ticket where that ends', () => {
    const { effects } = machine(heard(1, event('all_jobs', {}, '4.1'), rotate('token')))
    expect(effects).toContainEqual({ do: 'open', line: 2, cursor: '4.1', freshTicket: true })
  })
})

describe('3. silence', () => {
  it('for 25 s means that the line is dead', () => {
    const { state, effects } = machine(heard(1, event('all_jobs', {}, '4.1')))
    expect(effects.at(-2)).toEqual({ do: 'timer', ms: SILENCE_MS })
    const late = step(state, { kind: 'timeout' })
    expect(late.state).toMatchObject({ mode: { name: 'connecting' }, lost: true })
    expect(openLines([...effects, ...late.effects])).toEqual([2])
    expect(opened(late.effects)).toEqual(['2 4.1'])
  })

  it('is none while anything comes', () => {
    const { effects } = machine(heard(1, beat(1), event('novelty', '')))
    expect(effects.filter((effect) => effect.do === 'timer' && effect.ms === SILENCE_MS)).toHaveLength(3)
  })
})

describe('4. reconnects', () => {
  it('are the browser’s while it reaches the server, also one that is full', () => {
    const { state, effects } = machine(heard(1, beat(1)), cut(1), answered(1), cut(1), answered(1), cut(1))
    expect(state.mode).toMatchObject({ name: 'connecting', line: { number: 1 } })
    expect(opened(effects)).toEqual(['1'])
  })

  it('are ours once it does not, for longer each time', () => {
    const { state, effects } = machine(cut(1), cut(1), { kind: 'timeout' }, cut(2))
    expect(openLines(effects)).toEqual([])
    expect(state).toMatchObject({ mode: { name: 'waiting', asking: false }, failures: 2 })
    expect(effects.filter((effect) => effect.do === 'back-off')).toEqual([
      { do: 'back-off', failures: 0 },
      { do: 'back-off', failures: 1 },
    ])
    expect(machine(cut(1), cut(1), { kind: 'timeout' }, heard(2, beat(1))).state.failures).toBe(0)
  })

  it('wait for what the server says when the browser has given up', () => {
    const given = machine(cut(1, true))
    expect(given.state.mode).toEqual({ name: 'waiting', asking: true })
    expect(step(given.state, { kind: 'now' }).effects).toEqual([])
    expect(step(given.state, { kind: 'timeout' }).state.mode).toEqual({ name: 'waiting', asking: false })
  })

  it('can be hurried, but not where there is nothing to hurry', () => {
    expect(opened(machine(cut(1), cut(1), { kind: 'now' }).effects)).toEqual(['1', '2'])
    expect(opened(machine(cut(1), { kind: 'now' }).effects)).toEqual(['1', '2'])
    expect(opened(machine(heard(1, beat(1)), { kind: 'now' }).effects)).toEqual(['1'])
  })
})

describe('5. a wrong view', () => {
  const wrong: Input = { kind: 'compared', agrees: false }

  it('is fetched anew once, and again only after a beat has agreed', () => {
    const first = machine(heard(1, event('all_jobs', {}, '4.1'), beat(4)), wrong)
    expect(first.effects).toContainEqual({ do: 'rewind' })
    expect(openLines(first.effects)).toEqual([2])
    expect(opened(first.effects).at(-1)).toBe('2')
    const again = step(first.state, wrong)
    expect(again.effects).toEqual([])
    const agreed = step(again.state, { kind: 'compared', agrees: true })
    expect(step(agreed.state, wrong).effects).toContainEqual({ do: 'rewind' })
  })

  it('is so after the end, too', () => {
    const end = heard(1, event('all_jobs', {}, '4.1'), update(), beat(5), event('status', 'finished', '5.1'))
    const { state } = machine(end, wrong)
    expect(state).toMatchObject({ mode: { name: 'connecting' }, ended: false, cursor: '' })
  })
})

describe('6. the end', () => {
  it('closes everything, and nothing comes after it', () => {
    const end = machine(heard(1, event('status', 'finished', '5.1')))
    expect(end.state.mode.name).toBe('ended')
    expect(openLines(end.effects)).toEqual([])
    for (const input of [cut(1), cut(1, true), answered(1), ...heard(1, update('6.1'))])
      expect(step(end.state, input)).toEqual({ state: end.state, effects: [] })
    for (const kind of ['timeout', 'now'] as const) expect(step(end.state, { kind }).effects).toEqual([])
  })

  it('does not come from a group that is cut before it', () => {
    expect(machine(heard(1, event('all_jobs', {}))).state.ended).toBe(false)
  })

  it('may be a refusal', () => {
    const verdict = { kind: 'refused', reason: 'There is no run 17.' } as const
    const { state, effects } = machine(cut(1, true), { kind: 'verdict', verdict })
    expect(state.mode).toEqual({ name: 'refused', reason: 'There is no run 17.' })
    expect(openLines(effects)).toEqual([])
  })

  it('is there at once for a view that has seen it', () => {
    expect(step(initial('5.1', true), { kind: 'start' })).toMatchObject({
      state: { mode: { name: 'ended' } },
    })
  })
})
