import * as v from 'valibot'
import { request, send } from './http'
import { type JobsFilter, jobsPath } from './jobs'

const SearchWire = v.object({
  id: v.number(),
  name: v.string(),
  parameters: v.record(v.string(), v.array(v.string())),
})
export type SavedSearch = v.InferOutput<typeof SearchWire>

const SEARCHES = '/api/jobs/searches'

export const getSearches = (signal?: AbortSignal): Promise<SavedSearch[]> =>
  request(SEARCHES, v.array(SearchWire), { signal })

/** The path of its feed, which nobody is told again. */
export const saveSearch = async (name: string, filter: JobsFilter): Promise<string> =>
  (
    await request(jobsPath(SEARCHES, filter), v.object({ feed: v.string() }), {
      method: 'POST',
      body: { name },
    })
  ).feed

export const deleteSearch = async (id: number): Promise<void> => {
  await send(`${SEARCHES}/${id}`, { method: 'DELETE' })
}
