import { ApiError, api, dataOf, done } from './http'
import type { SessionAnswer } from './schema'

export type Session = SessionAnswer

/** Who is signed in; null when nobody is. */
export async function getSession(signal: AbortSignal): Promise<Session | null> {
  try {
    return await dataOf(api.GET('/api/session', { signal }))
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

export const signOut = (): Promise<void> => done(api.DELETE('/api/session'))
