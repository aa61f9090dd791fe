import * as v from 'valibot'
import { ApiError, request } from './http'

const DryJobWire = v.object({
  id: v.string(),
  title: v.string(),
  location: v.nullish(v.string(), null),
  url: v.nullish(v.string(), null),
})
export type DryJob = v.InferOutput<typeof DryJobWire>

const DryRunWire = v.object({
  status: v.picklist(['success', 'error']),
  total_count: v.number(),
  filtered_count: v.number(),
  urls_count: v.number(),
  included_jobs: v.array(DryJobWire),
  excluded_jobs: v.array(DryJobWire),
  error_message: v.nullish(v.string(), null),
})
export type DryRun = v.InferOutput<typeof DryRunWire>

/** List one company's board, and say what a run would take from it. Nothing is saved. */
export async function dryRunOf(company: string, signal?: AbortSignal): Promise<DryRun> {
  const body = { companies: [company] }
  const answer = await request('/api/ingestion/dry-run', v.unknown(), { method: 'POST', body, signal })
  // Not a record schema: a company may have any name, "constructor" too.
  const entry = Object.entries(answer ?? {}).find(([name]) => name === company)
  const result = v.safeParse(DryRunWire, entry?.[1])
  if (result.success) return result.output
  throw new ApiError(`Jobwire did not say what it found at ${company}. Try again.`, 200)
}
