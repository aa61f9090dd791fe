import { api, dataOf } from './http'
import type { LookAnswer, SightingAnswer } from './schema'

export type Look = LookAnswer
/** A board that a page shows; `sentence` says what was taken for what, and why. */
export type Sighting = SightingAnswer

/** Have a company's own careers page read: which boards does it show? Takes as long as its host takes. */
export const lookAt = (address: string): Promise<Look> =>
  dataOf(api.POST('/api/ingestion/look', { body: { address } }))
