/** What a person typed or pasted, a company a line, made into changes for the server. */

import type { CompanyChoice, FollowChange, FollowOutcome } from '../../lib/api/follows'

export interface TypedLine {
  readonly text: string
  readonly change: FollowChange
}

export interface LineResult {
  readonly text: string
  readonly company: string | null
  readonly source: string | null
  /** What the server has against this line; null when it took it. */
  readonly error: string | null
  /** Where the company is followed already, when the line names another board: a question, not a mistake. */
  readonly knownSource: string | null
}

/** Blank and repeated lines are dropped. A bare name is looked up among the companies that Jobwire knows. */
export function readLines(text: string, choices: readonly CompanyChoice[]): TypedLine[] {
  const known = new Map(choices.map((choice) => [choice.company_name.toLowerCase(), choice]))
  const lines = new Set(
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )
  return [...lines].map((line) => {
    const choice = known.get(line.toLowerCase())
    const change: FollowChange = choice
      ? { op: 'upsert', company_name: choice.company_name, source: choice.source, move: false }
      : { op: 'upsert', source: line, move: false }
    return { text: line, change }
  })
}

const ADDRESS = /^(?:https?:\/\/[^\s/]|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?::\d+)?(?:[/?#]|$))/iu

/** The address of a page that a line is, or gives a name to (`Acme=careers.acme.example`); null where there is none. */
export function addressIn(text: string): string | null {
  if (ADDRESS.test(text)) return text
  const [, named = ''] = /^[^=]*=\s*(.*)$/.exec(text) ?? []
  return ADDRESS.test(named) ? named : null
}

/** The answer "it has moved there": the company keeps its filters, and begins anew at the other board. */
export const moved = (asked: LineResult): TypedLine | null =>
  withAnswer(asked, (company, source) => ({ op: 'upsert', company_name: company, source, move: true }))

/** The answer "that is another one": it is followed too, under a name of its own. */
export const apart = (asked: LineResult): TypedLine | null =>
  withAnswer(asked, (company, source) => ({
    op: 'upsert',
    company_name: `${company} (${source.split(':')[0]})`,
    source,
    move: false,
  }))

const withAnswer = (
  { text, company, source }: LineResult,
  change: (company: string, source: string) => FollowChange,
): TypedLine | null =>
  company === null || source === null ? null : { text, change: change(company, source) }

export function pairResults(lines: readonly TypedLine[], outcomes: readonly FollowOutcome[]): LineResult[] {
  return lines.map(({ text }, index) => {
    const outcome = outcomes[index]
    if (!outcome)
      return {
        text,
        company: null,
        source: null,
        error: 'The server said nothing about this line.',
        knownSource: null,
      }
    const { company_name: company, source, success, error, known_source: knownSource } = outcome
    return {
      text,
      company,
      source,
      error: success ? null : (error ?? 'The server refused this line.'),
      knownSource,
    }
  })
}

/** Put fresh results in the place of those of the same lines. */
export const replaceResults = (results: readonly LineResult[], fresh: readonly LineResult[]): LineResult[] =>
  results.map((result) => fresh.find(({ text }) => text === result.text) ?? result)

/** Names worth offering: those not followed yet that begin with, or else contain, what is being typed. */
export function suggest(typed: string, choices: readonly CompanyChoice[], most: number): CompanyChoice[] {
  const needle = (typed.split('\n').at(-1) ?? '').trim().toLowerCase()
  const open = choices.filter((choice) => !choice.followed)
  if (needle === '') return open.slice(0, most)
  const named = (choice: CompanyChoice) => choice.company_name.toLowerCase()
  const starts = open.filter((choice) => named(choice).startsWith(needle))
  const holds = open.filter((choice) => !named(choice).startsWith(needle) && named(choice).includes(needle))
  return [...starts, ...holds].slice(0, most)
}
