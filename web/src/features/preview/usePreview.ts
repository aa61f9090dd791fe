import { useCallback, useEffect, useReducer, useRef } from 'react'
import { type DryRun, dryRunOf } from '../../lib/api/dryRun'
import type { TitleFilters } from '../../lib/api/follows'
import { ApiError } from '../../lib/api/http'
import { judgeTitles } from '../../lib/api/titles'

/** How many boards are asked at a time. */
export const AT_ONCE = 4

export type CompanyPreview =
  | { readonly state: 'waiting' | 'asking' }
  | { readonly state: 'done'; readonly result: DryRun }
  | { readonly state: 'failed'; readonly reason: string }

export type Preview = ReadonlyMap<string, CompanyPreview>

type Action =
  | { readonly type: 'begin'; readonly companies: readonly string[] }
  | { readonly type: 'set'; readonly company: string; readonly preview: CompanyPreview }

function reduce(preview: Preview, action: Action): Preview {
  if (action.type === 'begin')
    return new Map(action.companies.map((company) => [company, { state: 'waiting' }]))
  return preview.has(action.company) ? new Map(preview).set(action.company, action.preview) : preview
}

/** Ask the boards of `companies` what a run would take, a few at a time; answers show as they come. */
export function usePreview(companies: readonly string[] | undefined): {
  preview: Preview
  retry: (companies: readonly string[]) => void
  /** Apply other filters to what a board has answered already: it is not asked again. */
  refilter: (company: string, filters: TitleFilters) => Promise<void>
} {
  const [preview, dispatch] = useReducer(reduce, new Map<string, CompanyPreview>())
  const signal = useRef<AbortSignal>(AbortSignal.abort())

  const ask = useCallback(async (queue: string[]) => {
    const { current } = signal
    const askNext = async (): Promise<void> => {
      for (let company = queue.shift(); company !== undefined && !current.aborted; company = queue.shift()) {
        dispatch({ type: 'set', company, preview: { state: 'asking' } })
        const answer = await askBoard(company, current)
        if (!current.aborted) dispatch({ type: 'set', company, preview: answer })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, askNext))
  }, [])

  useEffect(() => {
    if (!companies) return
    const controller = new AbortController()
    signal.current = controller.signal
    dispatch({ type: 'begin', companies })
    void ask([...companies])
    return () => controller.abort()
  }, [companies, ask])

  const refilter = async (company: string, filters: TitleFilters) => {
    const entry = preview.get(company)
    if (entry?.state !== 'done') return
    const { current } = signal
    const result = await withFilters(entry.result, filters, current)
    if (!current.aborted) dispatch({ type: 'set', company, preview: { state: 'done', result } })
  }

  return { preview, retry: (again) => void ask([...again]), refilter }
}

async function askBoard(company: string, signal: AbortSignal): Promise<CompanyPreview> {
  try {
    const result = await dryRunOf(company, signal)
    if (result.status === 'success') return { state: 'done', result }
    return { state: 'failed', reason: result.error_message ?? 'The board did not answer as it should.' }
  } catch (error) {
    return { state: 'failed', reason: error instanceof ApiError ? error.message : String(error) }
  }
}

async function withFilters(result: DryRun, filters: TitleFilters, signal: AbortSignal): Promise<DryRun> {
  const jobs = [...result.included_jobs, ...result.excluded_jobs]
  const verdicts = await judgeTitles(
    filters,
    jobs.map((job) => job.title),
    signal,
  )
  const included_jobs = jobs.filter((_, index) => verdicts[index]?.kept)
  const excluded_jobs = jobs.filter((_, index) => !verdicts[index]?.kept)
  const urls_count = new Set(included_jobs.map((job) => job.url)).size
  return { ...result, included_jobs, excluded_jobs, urls_count, filtered_count: included_jobs.length }
}
