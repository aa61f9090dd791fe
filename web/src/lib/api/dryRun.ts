import { ApiError, api, dataOf } from './http'
import type { PreviewAnswer, PreviewJobAnswer } from './schema'

export type DryRun = PreviewAnswer
export type DryJob = PreviewJobAnswer

/** List one company's board, and say what a run would take from it. Nothing is saved. */
export async function dryRunOf(company: string, signal: AbortSignal): Promise<DryRun> {
  const body = { companies: [company] }
  const answer = await dataOf(api.POST('/api/ingestion/dry-run', { body, signal }))
  // Not by name from the object: a company may have any, "constructor" too.
  const found = new Map(Object.entries(answer)).get(company)
  if (found) return found
  throw new ApiError(`Jobwire did not say what it found at ${company}. Try again.`, 200)
}
