import { api, dataOf, done } from './http'
import type { JobsFilter } from './jobs'
import type { SearchAnswer } from './schema'

export type SavedSearch = SearchAnswer

export const getSearches = (signal: AbortSignal): Promise<readonly SavedSearch[]> =>
  dataOf(api.GET('/api/jobs/searches', { signal }))

/** The path of its feed, which nobody is told again. */
export const saveSearch = async (name: string, filter: JobsFilter): Promise<string> =>
  (await dataOf(api.POST('/api/jobs/searches', { params: { query: filter }, body: { name } }))).feed

export const deleteSearch = (id: number): Promise<void> =>
  done(api.DELETE('/api/jobs/searches/{search_id}', { params: { path: { search_id: id } } }))
