/** The companies that this person follows, and those to choose from. */

import { inPageWords } from '../wording'
import { api, dataOf } from './http'
import type { Company, DeleteItem, FiltersOutput, FollowAnswer, ItemAnswer, UpsertItem } from './schema'

export type TitleFilters = FiltersOutput
export type Follow = FollowAnswer
export type CompanyChoice = Company
export type FollowChange = UpsertItem | DeleteItem
/**
 * What became of one item of a posted list. `source` is the board that it was taken for, `known_source` the one at
 * which the company is followed already, where that is why the item was refused.
 */
export type FollowOutcome = ItemAnswer

/** A tenth of what the server takes: so that somebody who adds many sees how far it is. */
const PER_REQUEST = 50

export const getFollows = (signal: AbortSignal): Promise<readonly Follow[]> =>
  dataOf(api.GET('/api/ingestion/settings', { signal }))

export const getCompanyChoices = (signal: AbortSignal): Promise<readonly CompanyChoice[]> =>
  dataOf(api.GET('/api/ingestion/companies', { signal }))

/** Post changes, any number of them. The outcomes come in the order of the changes. */
export async function postFollows(
  changes: readonly FollowChange[],
  onAnswered?: (answered: number) => void,
): Promise<FollowOutcome[]> {
  const outcomes: FollowOutcome[] = []
  for (let from = 0; from < changes.length; from += PER_REQUEST) {
    const body = changes.slice(from, from + PER_REQUEST)
    const answered = await dataOf(api.POST('/api/ingestion/settings', { body }))
    outcomes.push(...answered.map(inPageOutcome))
    onAnswered?.(outcomes.length)
  }
  return outcomes
}

const inPageOutcome = (outcome: FollowOutcome): FollowOutcome => ({
  ...outcome,
  error: outcome.error && inPageWords(outcome.error),
})
