import { api, dataOf } from './http'
import type { ServerAnswer } from './schema'

export type ServerFacts = ServerAnswer

export const getServerFacts = (signal: AbortSignal): Promise<ServerFacts> =>
  dataOf(api.GET('/api/server', { signal }))
