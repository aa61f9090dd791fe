/** The companies that this person follows, and those to choose from. */

import * as v from 'valibot'
import { request } from './http'

export interface TitleFilters {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

const TitleFiltersWire = v.object({
  include: v.optional(v.array(v.string()), []),
  exclude: v.optional(v.array(v.string()), []),
})

const FollowWire = v.object({
  company_name: v.string(),
  source: v.string(),
  title_filters: TitleFiltersWire,
  is_enabled: v.boolean(),
})
export type Follow = v.InferOutput<typeof FollowWire>

const ChoiceWire = v.object({
  company_name: v.string(),
  source: v.string(),
  followed: v.boolean(),
  made_up: v.boolean(),
})
export type CompanyChoice = v.InferOutput<typeof ChoiceWire>

const OutcomeWire = v.object({
  op: v.nullish(v.string(), null),
  company_name: v.nullish(v.string(), null),
  source: v.nullish(v.string(), null),
  success: v.boolean(),
  error: v.nullish(v.string(), null),
  known_source: v.nullish(v.string(), null),
})
/**
 * What became of one item of a posted list. `source` is the board that it was taken for, `known_source` the one at
 * which the company is followed already, where that is why the item was refused.
 */
export type FollowOutcome = v.InferOutput<typeof OutcomeWire>

export type FollowChange =
  | {
      readonly op: 'upsert'
      readonly company_name?: string
      readonly source?: string
      readonly title_filters?: TitleFilters
      readonly is_enabled?: boolean
      /** Whether a company that is followed at another board may move to `source`. */
      readonly move?: boolean
    }
  | { readonly op: 'delete'; readonly company_name: string }

const MOST_PER_REQUEST = 500

export const getFollows = (signal?: AbortSignal): Promise<Follow[]> =>
  request('/api/ingestion/settings', v.array(FollowWire), { signal })

export const getCompanyChoices = (signal?: AbortSignal): Promise<CompanyChoice[]> =>
  request('/api/ingestion/companies', v.array(ChoiceWire), { signal })

/** Post changes, any number of them. The outcomes come in the order of the changes. */
export async function postFollows(changes: readonly FollowChange[]): Promise<FollowOutcome[]> {
  const outcomes: FollowOutcome[] = []
  for (let from = 0; from < changes.length; from += MOST_PER_REQUEST) {
    const body = changes.slice(from, from + MOST_PER_REQUEST)
    outcomes.push(
      ...(await request('/api/ingestion/settings', v.array(OutcomeWire), { method: 'POST', body })),
    )
  }
  return outcomes
}
