/** What title filters make of titles. The server decides: a filter means the same here as in a run. */

import type { TitleFilters } from './follows'
import { api, dataOf } from './http'
import type { VerdictAnswer } from './schema'

/** `term` decided, and is in the title from `start` to `end`, in Unicode code points; all null where none of them is. */
export type Verdict = VerdictAnswer

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
    verdicts.push(...(await dataOf(api.POST('/api/ingestion/titles', { body, signal: signal ?? null }))))
  }
  return verdicts
}
