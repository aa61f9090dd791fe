import { HttpResponse, http } from 'msw'
import { expect, it } from 'vitest'
import { problem, server } from '../../test/server'
import { ApiError } from './http'
import { getFacets } from './jobs'
import { getRun, startRun } from './runs'
import { deleteSearch } from './searches'
import { getSession } from './session'

const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no failure',
    (error: unknown) => error,
  )
const status = (response: () => Response) => server.use(http.get('*/api/ingestion/status/17', response))

it('gives the server’s own words, and the run that they name', async () => {
  server.use(http.post('*/api/ingestion/start', () => problem(409, 'Run 5 is active.', { run_id: 5 })))
  const error = await failure(startRun(null))
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ message: 'Run 5 is active.', status: 409, runId: 5 })
})

it('understands what is in between: a proxy that answers with a page', async () => {
  status(() => HttpResponse.html('<h1>Bad gateway</h1>', { status: 502 }))
  expect(await failure(getRun(17))).toMatchObject({ message: 'Jobwire answered with HTTP 502.', status: 502 })
  status(() => HttpResponse.html('<h1>Sign in to the network</h1>'))
  expect(await failure(getRun(17))).toMatchObject({ message: expect.stringContaining('Reload'), status: 200 })
  status(() => HttpResponse.error())
  expect(await failure(getRun(17))).toMatchObject({ message: expect.stringContaining('running'), status: 0 })
})

it('lets go of what nobody waits for any more', async () => {
  const leave = new AbortController()
  leave.abort()
  expect(await failure(getRun(17, leave.signal))).toMatchObject({ name: 'AbortError' })
})

it('knows nobody signed in from no answer', async () => {
  server.use(http.get('*/api/session', () => problem(401, 'Sign in.')))
  expect(await getSession(new AbortController().signal)).toBeNull()
})

it('takes a success without a word, and repeats what has several values', async () => {
  let asked = ''
  server.use(
    http.delete('*/api/jobs/searches/3', () => new HttpResponse(null, { status: 204 })),
    http.get('*/api/jobs/facets', ({ request }) => {
      asked = new URL(request.url).search
      return HttpResponse.json({})
    }),
  )
  await deleteSearch(3)
  await getFacets({ q: 'a&b', company: ['x', 'y'], run: 3 }, new AbortController().signal)
  expect(asked).toBe('?q=a%26b&company=x&company=y&run=3')
})
