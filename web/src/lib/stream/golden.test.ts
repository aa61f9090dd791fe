// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { parseStreamEvent } from './events'
import { agrees, digest, emptyRunView, foldEvent, type RunView } from './fold'

const folder = new URL('../../../../protocol/golden/', import.meta.url)

const Case = v.object({
  name: v.string(),
  about: v.string(),
  events: v.array(v.object({ event: v.string(), data: v.string(), id: v.nullable(v.string()) })),
  expect: v.object({
    status: v.nullable(v.string()),
    cursor: v.string(),
    jobs: v.unknown(),
    digest: v.string(),
    companies: v.optional(v.unknown()),
    log: v.optional(v.array(v.unknown()), []),
    astray: v.optional(v.boolean(), false),
  }),
})

const TitleAndStatus = v.tuple([v.string(), v.string()])

const entries = (value: unknown): [string, unknown][] => Object.entries(value ?? {})

const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => v.parse(Case, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))))

/** Jobs as sorted lines: names such as `__proto__` are no keys to build an object with. */
const heldJobs = (view: RunView): string[] =>
  [...view.jobs.values()]
    .flatMap((jobs) => [...jobs.values()])
    .map(({ company, externalId, title, status }) => JSON.stringify([company, externalId, title, status]))
    .sort()

const expectedJobs = (jobs: unknown): string[] =>
  entries(jobs)
    .flatMap(([company, held]) =>
      entries(held).map(([id, job]) => JSON.stringify([company, id, ...v.parse(TitleAndStatus, job)])),
    )
    .sort()

const heldCompanies = (view: RunView): string[] =>
  [...view.companies]
    .map(([name, { status, jobs, reason }]) => JSON.stringify([name, [status, jobs, reason]]))
    .sort()

const heldLog = (view: RunView): unknown[] =>
  view.log.lines.map(({ seq, level, company, external_id, message }) => [
    seq,
    level,
    company,
    external_id,
    message,
  ])

describe('the golden streams', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(0)
  })

  it.each(cases)('$name: $about', ({ events, expect: expected }) => {
    const view = emptyRunView()
    let astray = false
    for (const { event, data, id } of events) {
      const parsed = parseStreamEvent(event, data, id ?? '')
      foldEvent(view, parsed)
      if (parsed.kind === 'beat') astray = !agrees(view, parsed.beat)
    }
    expect(view.status).toBe(expected.status)
    expect(view.cursor).toBe(expected.cursor)
    expect(heldJobs(view)).toEqual(expectedJobs(expected.jobs))
    expect(digest(view)).toBe(expected.digest)
    expect(view.size).toBe(heldJobs(view).length)
    expect(heldCompanies(view)).toEqual(
      entries(expected.companies)
        .map((entry) => JSON.stringify(entry))
        .sort(),
    )
    expect(heldLog(view)).toEqual(expected.log)
    expect(astray).toBe(expected.astray)
  })
})
