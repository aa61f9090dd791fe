// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { parseStreamEvent } from './events'
import { agrees, emptyRunView, foldEvent } from './fold'
import { step } from './machine'
import { type Effect, type Input, initial } from './modes'

const folder = new URL('../../../../protocol/sessions/', import.meta.url)

const Step = v.union([
  v.strictObject({ opens: v.string(), cursor: v.string(), fresh: v.optional(v.boolean(), false) }),
  v.strictObject({ on: v.string(), event: v.string(), data: v.string(), id: v.nullable(v.string()) }),
  v.strictObject({ cut: v.string() }),
  v.strictObject({ no_content: v.string() }),
  v.strictObject({ closes: v.string() }),
])
const Case = v.object({
  name: v.string(),
  about: v.string(),
  steps: v.array(Step),
  expect: v.object({
    over: v.boolean(),
    status: v.string(),
    cursor: v.string(),
    jobs: v.record(v.string(), v.string()),
  }),
})
type Opening = Pick<Extract<Effect, { do: 'open' }>, 'line' | 'cursor' | 'freshTicket'>

const cases = readdirSync(folder).map((file) =>
  v.parse(Case, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))),
)

/** The machine on a browser that opens a line again by itself, and the names that a session gives to connections. */
class Page {
  readonly view = emptyRunView()
  state = initial('', false)
  readonly names = new Map<number, string>()
  readonly wanted: Opening[] = []
  private readonly lastIds = new Map<number, string>()

  constructor() {
    this.take({ kind: 'start' })
  }

  opens(name: string): Opening | undefined {
    if (this.wanted.length === 0 && this.state.mode.name === 'waiting') this.take({ kind: 'timeout' })
    const opening = this.wanted.shift()
    if (opening === undefined) return undefined
    this.names.set(opening.line, name)
    this.take({ kind: 'answered', line: opening.line })
    return opening
  }

  hears(name: string, event: string, data: string, id: string): void {
    const line = this.lineOf(name)
    if (id !== '') this.lastIds.set(line, id === '0' ? '' : id)
    this.take({ kind: 'heard', line, event: parseStreamEvent(event, data, id) })
  }

  isCut(name: string): void {
    const line = this.lineOf(name)
    this.names.delete(line)
    this.take({ kind: 'cut', line, givenUp: false })
    const { mode } = this.state
    if (mode.name === 'connecting' && mode.line.number === line)
      this.wanted.push({ line, cursor: this.lastIds.get(line) ?? '', freshTicket: false })
  }

  isRefused(name: string): void {
    this.take({ kind: 'cut', line: this.lineOf(name), givenUp: true })
    this.take({ kind: 'verdict', verdict: { kind: 'ended' } })
  }

  private lineOf(name: string): number {
    return [...this.names].find(([, known]) => known === name)?.[0] ?? 0
  }

  private take(input: Input): void {
    const { state, effects } = step(this.state, input)
    this.state = state
    for (const effect of effects) this.perform(effect)
  }

  private perform(effect: Effect): void {
    if (effect.do === 'open') {
      this.wanted.push(effect)
      this.lastIds.set(effect.line, effect.cursor)
    }
    if (effect.do === 'close') this.names.delete(effect.line)
    if (effect.do === 'fold') foldEvent(this.view, effect.event)
    if (effect.do === 'compare') this.take({ kind: 'compared', agrees: agrees(this.view, effect.beat) })
    if (effect.do === 'rewind') this.view.cursor = ''
  }
}

describe('the golden sessions', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(10)
  })

  it.each(cases)('$name: $about', ({ steps, expect: expected }) => {
    const page = new Page()
    const open = new Set<string>()
    for (const one of steps) {
      if ('opens' in one) {
        expect(page.opens(one.opens)).toMatchObject({ cursor: one.cursor, freshTicket: one.fresh })
        open.add(one.opens)
      } else {
        if (!('closes' in one)) expect(page.wanted).toEqual([])
        if ('on' in one) page.hears(one.on, one.event, one.data, one.id ?? '')
        if ('cut' in one) page.isCut(one.cut)
        if ('no_content' in one) page.isRefused(one.no_content)
        if (!('on' in one)) open.delete(Object.values(one)[0] ?? '')
      }
      if (!('on' in one)) expect(new Set(page.names.values())).toEqual(open)
    }
    expect(new Set(page.names.values())).toEqual(open)
    expect(page.wanted).toEqual([])
    expect(page.state.mode.name === 'ended').toBe(expected.over)
    expect([page.view.status, page.view.cursor]).toEqual([expected.status, expected.cursor])
    const held = [...page.view.jobs.values()].flatMap((jobs) => [...jobs.values()])
    expect(Object.fromEntries(held.map(({ externalId, status }) => [externalId, status]))).toEqual(
      expected.jobs,
    )
  })
})
