import * as v from 'valibot'
import { ApiError, request, send } from './http'

const SessionWire = v.object({ email: v.string() })
export type Session = v.InferOutput<typeof SessionWire>

/** Who is signed in; null when nobody is. */
export async function getSession(signal?: AbortSignal): Promise<Session | null> {
  try {
    return await request('/api/session', SessionWire, { signal })
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

export async function signOut(): Promise<void> {
  await send('/api/session', { method: 'DELETE' })
}
