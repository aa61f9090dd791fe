import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import { renderApp } from '../../test/app'
import { wireRun } from '../../test/data'
import { problem, server } from '../../test/server'
import { changed, parseJobsSearch, toggled } from './search'

const job = (id: number, title: string) => ({
  id,
  company_name: 'Größe',
  title,
  location: 'Köln',
  remote: null,
  workplace: 'remote',
  employment_type: null,
  department: null,
  posted_on: '2026-11-20',
  salary: null,
  url: 'https://a.example/1',
  first_seen_at: '2026-11-21T03:04:05Z',
  gone_at: null,
  seen: false,
  starred: false,
})

/** Notes what is marked, and takes it; `refuse` says no. */
function takeMarks(refuse = false): string[] {
  const made: string[] = []
  const take = ({ request }: { request: Request }) => {
    made.push(`${request.method} ${new URL(request.url).pathname}`)
    return refuse ? problem(503, 'The database is away.') : new HttpResponse(null, { status: 204 })
  }
  server.use(http.put('*/api/jobs/7/:mark', take), http.delete('*/api/jobs/7/:mark', take))
  return made
}

const facets = (total: number, change: object = {}) => ({
  total,
  unindexed: 0,
  instead: {},
  company: [
    { value: 'Größe', count: 2 },
    { value: 'plaid', count: 1 },
  ],
  location: [],
  workplace: [],
  employment_type: [],
  presence: [{ value: 'live', count: total }],
  seen_since: [],
  ...change,
})

let asked: string[]

/** Answers each question with one posting that is called like it. */
const answerAll = (change: object = {}) =>
  server.use(
    http.get('*/api/jobs', ({ request }) => {
      const { search } = new URL(request.url)
      asked.push(search)
      return HttpResponse.json({ jobs: [job(7, `Found by ${search}`)], next: null, instead: {} })
    }),
    http.get('*/api/jobs/facets', () => HttpResponse.json(facets(1, change))),
  )

beforeEach(() => {
  asked = []
  // jsdom lays nothing out: give the list a height, so that rows are shown.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800)
})

it('asks when typing pauses, puts the question into the address, and tells the count', async () => {
  answerAll()
  const router = renderApp('/jobs')
  await userEvent.type(await screen.findByRole('searchbox'), 'go engineer')
  expect(await screen.findByText('Found by ?q=go%20engineer')).toBeTruthy()
  expect(router.state.location.search).toEqual({ q: 'go engineer' })
  expect(asked.length).toBeLessThan('go engineer'.length)
  await waitFor(() => expect(screen.getByText('1 posting found').getAttribute('role')).toBe('status'))
})

it('narrows down by what is ticked, several at once, and clears it again', async () => {
  answerAll()
  const router = renderApp('/jobs?q=go')
  await userEvent.click(await screen.findByRole('checkbox', { name: /Größe/ }))
  await userEvent.click(await screen.findByRole('checkbox', { name: /plaid/ }))
  await waitFor(() => expect(asked.at(-1)).toBe('?q=go&company=Gr%C3%B6%C3%9Fe&company=plaid'))
  await userEvent.selectOptions(screen.getByLabelText('Status'), 'gone')
  await waitFor(() => expect(asked.at(-1)).toMatch(/&presence=gone$/))
  expect(screen.getByRole('link', { name: 'Export CSV' }).getAttribute('href')).toBe(
    `/api/jobs.csv${asked.at(-1)}`,
  )
  await userEvent.click(screen.getByRole('link', { name: 'Clear all' }))
  await waitFor(() => expect(asked.at(-1)).toBe(''))
  expect(router.state.location.search).toEqual({})
  expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('')
})

it('goes back by what was chosen, not by what was typed', async () => {
  answerAll()
  const router = renderApp('/jobs')
  const searched = () => router.state.location.search
  await userEvent.click(await screen.findByRole('checkbox', { name: /Größe/ }))
  await waitFor(() => expect(searched()).toEqual({ company: ['Größe'] }))
  await userEvent.type(screen.getByRole('searchbox'), 'go')
  await waitFor(() => expect(searched()).toEqual({ company: ['Größe'], q: 'go' }))
  await userEvent.selectOptions(screen.getByLabelText('Status'), 'gone')
  await waitFor(() => expect(searched()).toEqual({ company: ['Größe'], q: 'go', presence: 'gone' }))
  router.history.back()
  await waitFor(() => expect(searched()).toEqual({ company: ['Größe'], q: 'go' }))
  router.history.back()
  await waitFor(() => expect(searched()).toEqual({}))
  expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('')
})

it('lists the last runs, to show what was news to one of them, and one that is older', async () => {
  answerAll()
  const runs = [18, 17].map((run_id) => wireRun({ run_id }))
  server.use(http.get('*/api/ingestion/runs', () => HttpResponse.json({ runs, next: null })))
  const router = renderApp('/jobs?run=3')
  const select = await screen.findByLabelText<HTMLSelectElement>('New in run')
  await waitFor(() => expect([...select.options].map(({ value }) => value)).toEqual(['', '18', '17', '3']))
  expect(select.value).toBe('3')
  await userEvent.selectOptions(select, '17')
  await waitFor(() => expect(asked.at(-1)).toBe('?run=17'))
  expect(router.state.location.search).toEqual({ run: 17 })
  await userEvent.selectOptions(select, '')
  await waitFor(() => expect(router.state.location.search).toEqual({}))
})

it('says which words it took for others, and what is not read yet', async () => {
  answerAll({ instead: { enigneer: ['engineer'] }, unindexed: 3 })
  renderApp('/jobs?q=enigneer&run=17')
  expect(await screen.findByText('No posting has “enigneer”: these have “engineer”.')).toBeTruthy()
  expect(screen.getByText(/^3 new postings are found by title/)).toBeTruthy()
  expect(screen.getByRole('button', { name: 'New in run 17 ×' })).toBeTruthy()
  expect(asked[0]).toBe('?q=enigneer&run=17')
})

it('stars with a key or a click, and has seen what was opened', async () => {
  answerAll()
  const made = takeMarks()
  server.use(
    http.get('*/api/jobs/7', () =>
      HttpResponse.json({ ...job(7, 'Cook'), locations: [], history: [], also: [] }),
    ),
  )
  renderApp('/jobs')
  const row = await screen.findByTestId('posting-row')
  const star = () => within(row).getByRole('button', { name: 'Star' }).getAttribute('aria-pressed')
  await userEvent.keyboard('s')
  expect(star()).toBe('false')
  within(row)
    .getByRole('button', { name: /^Found/ })
    .focus()
  await userEvent.keyboard('s')
  await waitFor(() => expect(star()).toBe('true'))
  await userEvent.click(within(row).getByRole('button', { name: 'Star' }))
  await waitFor(() => expect(star()).toBe('false'))
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(row.dataset.seen).toBe('false')
  await userEvent.click(within(row).getByRole('button', { name: /^Found/ }))
  await waitFor(() => expect(row.dataset.seen).toBe('true'))
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Star' }))
  await waitFor(() => expect(star()).toBe('true'))
  await waitFor(() =>
    expect(made).toEqual([
      'PUT /api/jobs/7/star',
      'DELETE /api/jobs/7/star',
      'PUT /api/jobs/7/seen',
      'PUT /api/jobs/7/star',
    ]),
  )
})

it('takes a mark back that the server refuses, and says so', async () => {
  answerAll()
  takeMarks(true)
  renderApp('/jobs')
  const star = await screen.findByRole('button', { name: 'Star' })
  await userEvent.click(star)
  expect(await screen.findByText('The database is away.')).toBeTruthy()
  await waitFor(() => expect(star.getAttribute('aria-pressed')).toBe('false'))
})

it('shows only what is starred or not seen yet, and says so in the address', async () => {
  answerAll()
  const router = renderApp('/jobs?starred=true')
  const starred = await screen.findByRole<HTMLInputElement>('checkbox', { name: 'Starred' })
  expect(starred.checked).toBe(true)
  await userEvent.click(screen.getByRole('checkbox', { name: 'Not seen yet' }))
  await waitFor(() => expect(asked.at(-1)).toBe('?seen=false&starred=true'))
  expect(router.state.location.search).toEqual({ starred: true, seen: false })
  await userEvent.click(starred)
  await waitFor(() => expect(asked.at(-1)).toBe('?seen=false'))
})

it('opens a posting with its description made safe, and gives the focus back', async () => {
  answerAll()
  takeMarks()
  server.use(
    http.get('*/api/jobs/7', () =>
      HttpResponse.json({
        ...job(7, '\u202eevil'),
        url: 'javascript:alert(1)',
        external_id: '1',
        source: 'demo:x',
        locations: [],
        gone_reason: null,
        closes_on: '2026-12-24',
        country: 'NO',
        language: 'pt-BR',
        salary: { minimum: 60000, maximum: 80000, currency: 'EUR', interval: 'year' },
        history: [
          { at: '2026-11-21T03:04:05Z', kind: 'first_seen', reason: null },
          { at: '2026-11-22T03:04:05Z', kind: 'changed', reason: 'salary, text' },
          { at: '2026-11-23T03:04:05Z', kind: 'gone', reason: 'It is no longer on the board.' },
          { at: '2026-11-24T03:04:05Z', kind: 'back', reason: null },
        ],
        also: [
          { id: 8, location: 'Oslo', url: 'javascript:alert(1)' },
          { id: 9, location: '<b>Bergen</b>', url: '' },
        ],
        requirements_html: '<p onclick="alert(1)">An <b>oven</b></p><style>p{}</style>',
        description_html: '<p>Bake <b>cakes</b></p><img src=x onerror="alert(1)"><script>alert(1)</script>',
        description_text: 'Bake cakes',
      }),
    ),
  )
  const router = renderApp('/jobs')
  await userEvent.click(await screen.findByRole('button', { name: /^Found by/ }))
  const drawer = await screen.findByRole('dialog')
  expect(await within(drawer).findByText('cakes')).toBeTruthy()
  expect(drawer.querySelector('img, script')).toBeNull()
  expect(within(drawer).queryByRole('link')).toBeNull()
  for (const fact of ['Dec 24, 2026', 'Norway', 'Brazilian Portuguese', 'EUR 60,000 to 80,000 a year'])
    expect(within(drawer).getByText(fact)).toBeTruthy()
  const history = within(within(drawer).getByRole('region', { name: 'History' })).getAllByRole('listitem')
  expect(history.map((event) => event.lastChild?.textContent)).toEqual([
    'First seen',
    'Changed: salary, text',
    'Expired: It is no longer on the board.',
    'Back on the board',
  ])
  expect(history[1]?.querySelector('time')?.dateTime).toBe('2026-11-22T03:04:05Z')
  expect(within(drawer).getByText('oven')).toBeTruthy()
  const elsewhere = within(drawer).getByRole('region', { name: 'The same job elsewhere' })
  expect(within(elsewhere).getAllByRole('listitem')).toHaveLength(2)
  expect(within(elsewhere).getByText('<b>Bergen</b>')).toBeTruthy()
  expect(drawer.querySelector('[onclick], style')).toBeNull()
  expect(router.state.location.search).toEqual({ job: 7 })
  await userEvent.click(within(drawer).getByRole('button', { name: 'Close' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

it('reads the pages that follow as far as one looks', async () => {
  server.use(
    http.get('*/api/jobs', ({ request }) => {
      const after = Number(new URL(request.url).searchParams.get('after') ?? 0)
      asked.push(String(after))
      const jobs = Array.from({ length: 10 }, (_, index) => job(after * 10 + index + 1, `Job ${after}`))
      return HttpResponse.json({ jobs, next: after < 20 ? String(after + 1) : null, instead: {} })
    }),
    http.get('*/api/jobs/facets', () => HttpResponse.json(facets(210))),
  )
  renderApp('/jobs')
  await screen.findByRole('heading', { name: '210 postings' })
  await waitFor(() => expect(asked.length).toBeGreaterThan(3))
  expect(asked.length).toBeLessThan(10)
  expect(new Set(asked).size).toBe(asked.length)
})

it('says of a day whether the posting was stated, or first seen then', async () => {
  server.use(
    http.get('*/api/jobs', () =>
      HttpResponse.json({
        jobs: [job(1, 'dated'), { ...job(2, 'undated'), posted_on: null }],
        next: null,
        instead: {},
      }),
    ),
    http.get('*/api/jobs/facets', () => HttpResponse.json(facets(2))),
  )
  renderApp('/jobs')
  expect((await screen.findByTitle('Posted Nov 20, 2026')).textContent).toBe('Nov 20, 2026')
  expect(screen.getByTitle('First seen Nov 21, 2026').textContent).toBe('Nov 21, 2026')
})

it('shows a posting once that has moved to a later page', async () => {
  server.use(
    http.get('*/api/jobs', ({ request }) => {
      const isFirst = !new URL(request.url).searchParams.has('after')
      return HttpResponse.json({
        jobs: isFirst ? [job(1, 'Moved'), job(2, 'Stayed')] : [job(3, 'Later'), job(1, 'Moved')],
        next: isFirst ? 'x' : null,
        instead: {},
      })
    }),
    http.get('*/api/jobs/facets', () => HttpResponse.json(facets(3))),
  )
  renderApp('/jobs')
  await screen.findByText('Later')
  expect(screen.getAllByTestId('posting-row')).toHaveLength(3)
})

it('keeps a search, shows its feed once, opens it again and forgets it', async () => {
  answerAll()
  const kept = [
    { id: 1, name: 'remote', parameters: { workplace: ['remote'], presence: ['all'] }, created_at: '' },
  ]
  server.use(
    http.get('*/api/jobs/searches', () => HttpResponse.json(kept)),
    http.post('*/api/jobs/searches', async ({ request }) => {
      expect(new URL(request.url).search).toBe('?q=go')
      expect(await request.json()).toEqual({ name: 'go jobs' })
      return HttpResponse.json({ feed: '/api/jobs/feeds/secret' })
    }),
    http.delete('*/api/jobs/searches/1', () => {
      kept.pop()
      return new HttpResponse(null, { status: 204 })
    }),
  )
  const router = renderApp('/jobs?q=go')
  const open = async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'Saved searches and feeds' }))
    return screen.findByRole('dialog')
  }
  let dialog = await open()
  await userEvent.type(within(dialog).getByLabelText('Name of the search'), ' jobs')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Save this search' }))
  const feed = await within(dialog).findByLabelText<HTMLInputElement>(/Its Atom feed/)
  expect(feed.value).toBe(`${window.location.origin}/api/jobs/feeds/secret`)
  expect(within(dialog).getByLabelText<HTMLInputElement>('Name of the search').value).toBe('')
  await userEvent.click(within(dialog).getByRole('link', { name: 'remote' }))
  expect(router.state.location.search).toEqual({ workplace: ['remote'], presence: 'all' })
  dialog = await open()
  await userEvent.click(await within(dialog).findByRole('button', { name: /^Delete remote/ }))
  await waitFor(() => expect(within(dialog).queryByText('remote')).toBeNull())
  expect(within(dialog).getByText(/^None yet\. A saved search/)).toBeTruthy()
})

it('says what to do when there is nothing', async () => {
  server.use(
    http.get('*/api/jobs', () => HttpResponse.json({ jobs: [], next: null, instead: {} })),
    http.get('*/api/jobs/facets', () => HttpResponse.json(facets(0))),
  )
  renderApp('/jobs')
  expect(await screen.findByText(/^No postings yet/)).toBeTruthy()
})

it('takes of an address what it knows', () => {
  expect(
    parseJobsSearch({
      q: 12,
      company: 'a',
      location: ['b', 7, ''],
      run: '17',
      presence: 'moon',
      seen_since: 'x',
    }),
  ).toEqual({ q: '12', company: ['a'], location: ['b', '7'], run: 17 })
  expect(parseJobsSearch({ presence: 'live', seen_since: '2026-11-25', run: -1, job: 'x' })).toEqual({
    seen_since: '2026-11-25',
  })
  expect(changed({ q: 'a', run: 1 }, { q: undefined })).toEqual({ run: 1 })
  expect(toggled(['a'], 'a')).toBeUndefined()
  expect(toggled(['a'], 'b')).toEqual(['a', 'b'])
})
