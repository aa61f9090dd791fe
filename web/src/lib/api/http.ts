/** The one way to the server: same origin, signed in by the session cookie, typed by the server's own OpenAPI. */

import createClient from 'openapi-fetch'
import * as v from 'valibot'
import { inPageWords } from '../wording'
import type { paths } from './schema'

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

/** Every route of the API. What it resolves to goes through `dataOf` or `done`. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: 'same-origin',
  fetch: (request) => fetch(request),
})

type Call<Data> = Promise<{ data?: Data; error?: unknown; response: Response }>

/** What a call was answered with. @throws ApiError for every answer that is not a success, and for none */
export async function dataOf<Data>(call: Call<Data>): Promise<Data> {
  const { data } = await answerOf(call)
  if (data !== undefined) return data
  throw new ApiError(NOT_UNDERSTOOD, 200)
}

/** For a call whose success has nothing to say. @throws ApiError as `dataOf` */
export async function done(call: Call<unknown>): Promise<void> {
  await answerOf(call)
}

const NO_ANSWER = 'Jobwire does not answer. Is it still running? This page tries again by itself.'
const NOT_UNDERSTOOD = 'Jobwire sent an answer that this page does not understand. Reload the page.'

async function answerOf<Data>(call: Call<Data>): Call<Data> {
  const answer = await call.catch((error: unknown) => {
    if (error instanceof Error && error.name === 'AbortError') throw error
    if (error instanceof SyntaxError) throw new ApiError(NOT_UNDERSTOOD, 200)
    throw new ApiError(NO_ANSWER, 0)
  })
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error)
  return answer
}

/** Parsed, where answers are only typed: an error may come from a proxy in between. */
const Problem = v.object({
  title: v.optional(v.string()),
  detail: v.optional(v.string()),
  run_id: v.optional(v.number()),
})

function problemOf(status: number, error: unknown): ApiError {
  const problem = v.safeParse(Problem, error)
  const { detail, title, run_id: runId } = problem.success ? problem.output : {}
  const message = detail === undefined ? title : inPageWords(detail)
  return new ApiError(message ?? `Jobwire answered with HTTP ${status}.`, status, runId ?? null)
}
