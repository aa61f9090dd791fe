/** The one way to the server: same origin, signed in by the session cookie, answers parsed and never cast. */

import * as v from 'valibot'

/** The server said no, or could not be understood. `message` is written for the person in front of the page. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number
  /** The run that the problem is about, where it names one. */
  readonly runId: number | null

  constructor(message: string, status: number, runId: number | null = null) {
    super(message)
    this.status = status
    this.runId = runId
  }
}

const Problem = v.object({
  title: v.optional(v.string()),
  detail: v.optional(v.string()),
  run_id: v.optional(v.number()),
})

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** @throws ApiError for every answer that is not a success */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', body, signal } = options
  let response: Response
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('Jobwire does not answer. Is it still running? This page tries again by itself.', 0)
  }
  if (!response.ok) throw await problemOf(response)
  return response
}

/** @throws ApiError also when the answer is not what `schema` says */
export async function request<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  options: RequestOptions = {},
): Promise<v.InferOutput<Schema>> {
  const response = await send(path, options)
  const result = v.safeParse(schema, await response.json().catch(() => undefined))
  if (result.success) return result.output
  throw new ApiError(
    `Jobwire sent an answer that this page does not understand (${path}). Reload the page.`,
    200,
  )
}

async function problemOf(response: Response): Promise<ApiError> {
  const problem = v.safeParse(Problem, await response.json().catch(() => undefined))
  const { detail, title, run_id: runId } = problem.success ? problem.output : {}
  return new ApiError(
    detail ?? title ?? `Jobwire answered with HTTP ${response.status}.`,
    response.status,
    runId ?? null,
  )
}

/** A path with its query; what is undefined or empty is left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value))
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}
