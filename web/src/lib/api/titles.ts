/** What title filters make of titles. The server decides: a filter means the same here as in a run. */

import * as v from 'valibot'
import type { TitleFilters } from './follows'
import { request } from './http'

const VerdictWire = v.object({
  kept: v.boolean(),
  /** The term that decided; null where none of them is in the title. */
  term: v.nullable(v.string()),
  /** Where the term is in the title, in Unicode code points. */
  start: v.nullable(v.number()),
  end: v.nullable(v.number()),
})
export type Verdict = v.InferOutput<typeof VerdictWire>

const MOST_PER_REQUEST = 2000
const MOST_CHARS = 1000

/** The verdicts on `titles`, in their order, any number of them. */
export async function judgeTitles(
  filters: TitleFilters,
  titles: readonly string[],
  signal?: AbortSignal,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (let from = 0; from < titles.length; from += MOST_PER_REQUEST) {
    const some = titles.slice(from, from + MOST_PER_REQUEST)
    const body = { title_filters: filters, titles: some.map((title) => title.slice(0, MOST_CHARS)) }
    const options = { method: 'POST', body, signal } as const
    verdicts.push(...(await request('/api/ingestion/titles', v.array(VerdictWire), options)))
  }
  return verdicts
}
