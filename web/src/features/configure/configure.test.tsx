import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { expect, it } from 'vitest'
import { renderApp } from '../../test/app'
import { problem, server } from '../../test/server'
import { addressIn, readLines, suggest } from './lines'

const follow = (company_name: string) => ({
  company_name,
  source: `greenhouse:${company_name}`,
  title_filters: { include: [], exclude: [] },
  is_enabled: true,
})

/** A server that follows `names`, refuses what holds "bad", and notes what was posted. */
function serve(names: string[]) {
  const follows = names.map(follow)
  const posted: unknown[] = []
  server.use(
    http.get('*/api/ingestion/settings', () => HttpResponse.json(follows)),
    http.post('*/api/ingestion/settings', async ({ request }) => {
      const items = (await request.json()) as { op: string; source?: string; company_name?: string }[]
      posted.push(...items)
      return HttpResponse.json(
        items.map(({ op, source, company_name }) =>
          source?.includes('bad')
            ? {
                op,
                company_name: null,
                source,
                success: false,
                error: 'No such careers system.',
                known_source: null,
              }
            : {
                op,
                company_name: company_name ?? 'acme',
                source: source ?? null,
                success: true,
                error: null,
                known_source: null,
              },
        ),
      )
    }),
  )
  return posted
}

it('adds many lines at once, and keeps those that were refused', async () => {
  const posted = serve([])
  renderApp('/configure')
  const input = await screen.findByTestId('add-companies-input')
  await userEvent.type(input, 'greenhouse:acme{enter}{enter}bad:one{enter}')
  await userEvent.click(screen.getByTestId('add-companies-submit'))
  const results = await screen.findByRole('list', { name: /taken for/ })
  expect(within(results).getByText(/is followed as/).textContent).toContain('acme')
  expect(results.textContent).toContain('No such careers system.')
  expect(input).toHaveProperty('value', 'bad:one')
  expect(posted).toEqual([
    { op: 'upsert', source: 'greenhouse:acme', move: false },
    { op: 'upsert', source: 'bad:one', move: false },
  ])
})

it('adds a filter term with Enter and takes a company out, with a way back', async () => {
  const posted = serve(['acme', 'globex'])
  renderApp('/configure')
  await userEvent.type(await screen.findByLabelText('Only with for acme'), 'engineer{enter}')
  await waitFor(() =>
    expect(posted).toContainEqual({
      op: 'upsert',
      company_name: 'acme',
      title_filters: { include: ['engineer'], exclude: [] },
    }),
  )
  await userEvent.click(screen.getByRole('button', { name: 'Delete globex' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() =>
    expect(posted.slice(1)).toEqual([
      { op: 'delete', company_name: 'globex' },
      { op: 'upsert', ...follow('globex'), move: true },
    ]),
  )
})

it('puts a filter term that is refused back into its field, and says what is wrong with it', async () => {
  serve(['acme'])
  server.use(
    http.post('*/api/ingestion/settings', () =>
      HttpResponse.json([{ op: 'upsert', success: false, error: '/[a/ is not a regular expression.' }]),
    ),
  )
  renderApp('/configure')
  const field = await screen.findByLabelText('Never with for acme')
  await userEvent.type(field, '/[[a/{enter}')
  expect((await screen.findByRole('alert')).textContent).toBe('/[a/ is not a regular expression.')
  await waitFor(() => expect(field).toHaveProperty('value', '/[a/'))
})

it('draws fifty of many companies, and all of them when asked to', async () => {
  serve(Array.from({ length: 60 }, (_, company) => `acme${company}`))
  renderApp('/configure')
  await screen.findByLabelText('Only with for acme0')
  expect(screen.getAllByRole('switch')).toHaveLength(50)
  await userEvent.click(screen.getByRole('button', { name: 'Show all 60 companies' }))
  expect(screen.getAllByRole('switch')).toHaveLength(60)
})

it('says how far it is with many lines, which it posts in parts', async () => {
  serve([])
  const parts: number[] = []
  let goOn = () => {}
  const seen = new Promise<void>((resolve) => {
    goOn = resolve
  })
  server.use(
    http.post('*/api/ingestion/settings', async ({ request }) => {
      const items = (await request.json()) as { source: string }[]
      parts.push(items.length)
      if (parts.length > 1) await seen
      return HttpResponse.json(items.map((item) => ({ ...item, company_name: item.source, success: true })))
    }),
  )
  renderApp('/configure')
  const input = await screen.findByTestId('add-companies-input')
  await userEvent.click(input)
  await userEvent.paste(Array.from({ length: 120 }, (_, line) => `lever:acme${line}`).join('\n'))
  const button = screen.getByTestId('add-companies-submit')
  expect(button.textContent).toBe('Add 120 companies')
  await userEvent.click(button)
  await waitFor(() => expect(button.textContent).toBe('Adding… 50 of 120'))
  goOn()
  await waitFor(() => expect(button.textContent).toBe('Add'))
  expect(parts).toEqual([50, 50, 20])
  const results = screen.getByRole('list', { name: /taken for/ })
  expect(within(results).getAllByRole('listitem')).toHaveLength(21)
  expect(results.textContent).toContain('100 more are followed, too.')
})

/** Follows acme at Greenhouse, and moves it only when told; notes what was posted. */
function serveAcme() {
  const posted: Record<string, unknown>[] = []
  server.use(
    http.get('*/api/ingestion/settings', () => HttpResponse.json([follow('acme')])),
    http.post('*/api/ingestion/settings', async ({ request }) => {
      const [item] = (await request.json()) as { company_name?: string; source: string; move: boolean }[]
      posted.push({ ...item })
      const company_name = item?.company_name ?? 'acme'
      const asks = company_name === 'acme' && item?.move !== true
      return HttpResponse.json([
        {
          op: 'upsert',
          company_name,
          source: item?.source,
          success: !asks,
          error: asks ? 'You follow acme already.' : null,
          known_source: asks ? 'greenhouse:acme' : null,
        },
      ])
    }),
  )
  return posted
}

it.each([
  ['Move acme there', { company_name: 'acme', move: true }, 'is followed as acme, at lever:acme'],
  [
    'Follow both',
    { company_name: 'acme (lever)', move: false },
    'is followed as acme (lever), at lever:acme',
  ],
])('asks before a company goes to another board: %s', async (answer, change, said) => {
  const posted = serveAcme()
  renderApp('/configure')
  const input = await screen.findByTestId('add-companies-input')
  await userEvent.type(input, 'lever:acme')
  await userEvent.click(screen.getByTestId('add-companies-submit'))
  const results = await screen.findByRole('list', { name: /taken for/ })
  expect(results.textContent).toContain('you follow acme already, at greenhouse:acme')
  expect(input).toHaveProperty('value', '')
  await userEvent.click(within(results).getByRole('button', { name: answer }))
  await waitFor(() => expect(results.textContent).toContain(said))
  expect(posted).toEqual([
    { op: 'upsert', source: 'lever:acme', move: false },
    { op: 'upsert', source: 'lever:acme', ...change },
  ])
})

it('leaves a company where it is', async () => {
  const posted = serveAcme()
  renderApp('/configure')
  await userEvent.type(await screen.findByTestId('add-companies-input'), 'lever:acme')
  await userEvent.click(screen.getByTestId('add-companies-submit'))
  await userEvent.click(await screen.findByRole('button', { name: 'Leave it as it is' }))
  await waitFor(() => expect(screen.queryByRole('list', { name: /taken for/ })).toBeNull())
  expect(posted).toHaveLength(1)
})

it.each(['/configure', '/preview'])('says on %s that a run is going on, and leads to it', async (path) => {
  serve(['acme'])
  server.use(
    http.get('*/api/ingestion/current-run', () => HttpResponse.json({ run_id: 17 })),
    http.post('*/api/ingestion/dry-run', () => problem(503, 'Not now.')),
  )
  renderApp(path)
  expect(await screen.findByText('Run 17 is going on.')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Watch it' }).getAttribute('href')).toBe('/runs/17')
  expect((await screen.findByRole('link', { name: 'Go to run 17' })).getAttribute('href')).toBe('/runs/17')
  expect(screen.queryByTestId('start-run')).toBeNull()
})

it('goes to the run that is active instead of starting a second one', async () => {
  serve(['acme'])
  server.use(
    http.post('*/api/ingestion/start', () => problem(409, 'Run 17 is still active.', { run_id: 17 })),
    http.get('*/api/ingestion/status/17', () => problem(404, 'No such run.')),
    http.get('*/api/ingestion/runs/17/companies', () => problem(404, 'No such run.')),
    http.get('*/api/ingestion/logs/17', () => problem(404, 'No such run.')),
  )
  const router = renderApp('/configure')
  await userEvent.click(await screen.findByTestId('start-run'))
  await waitFor(() => expect(router.state.location.pathname).toBe('/runs/17'))
})

it('shows what the server says when a run cannot start', async () => {
  serve(['acme'])
  server.use(http.post('*/api/ingestion/start', () => problem(422, 'No company is enabled. Enable one.')))
  renderApp('/configure')
  await userEvent.click(await screen.findByTestId('start-run'))
  expect(await screen.findByText('No company is enabled. Enable one.')).toBeTruthy()
})

it.each([
  ['Senior Go Engineer', { kept: true, term: 'engineer' }, 'kept by “engineer”'],
  ['Go Intern', { kept: false, term: '"intern"' }, 'left out by "intern"'],
  ['Cook', { kept: false, term: null }, 'left out, for it holds no “only with” term'],
  ['Cooks', { kept: true, term: null }, 'kept, for nothing speaks against it'],
])('says what the filters make of the title %s, and why', async (title, verdict, said) => {
  serve(['acme', 'globex'])
  const tried: unknown[] = []
  server.use(
    http.post('*/api/ingestion/titles', async ({ request }) => {
      tried.push(await request.json())
      return HttpResponse.json([{ start: null, end: null, ...verdict }])
    }),
  )
  renderApp('/configure')
  await userEvent.type(await screen.findByLabelText('Try a title'), title)
  const verdicts = await screen.findAllByText(said, { exact: false })
  expect(verdicts).toHaveLength(2)
  // Companies with the same filters ask once.
  expect(tried.at(-1)).toEqual({ title_filters: { include: [], exclude: [] }, titles: [title] })
  expect(tried.filter((body) => JSON.stringify(body).includes(`"${title}"`))).toHaveLength(1)
})

it('offers somebody new the made-up companies, and three real ones', async () => {
  const posted = serve([])
  const choice = (company_name: string, made_up: boolean) => ({
    company_name,
    source: `lever:${company_name}`,
    followed: false,
    made_up,
  })
  server.use(
    http.get('*/api/ingestion/companies', () =>
      HttpResponse.json([
        ...['umbrella', 'hooli'].map((name) => choice(name, true)),
        ...['airbnb', 'stripe', 'spotify', 'anthropic', 'reddit'].map((name) => choice(name, false)),
      ]),
    ),
  )
  renderApp('/configure')
  expect(await screen.findByRole('button', { name: 'Follow anthropic' })).toBeTruthy()
  const offered = screen
    .getAllByRole('button', { name: /^Follow [a-z]+$/ })
    .map((button) => button.textContent)
  expect(offered).toEqual(['Follow anthropic', 'Follow spotify', 'Follow airbnb'])
  await userEvent.click(screen.getByRole('button', { name: 'Follow all 2' }))
  await waitFor(() => expect(posted).toHaveLength(2))
  expect(posted[0]).toEqual({ op: 'upsert', company_name: 'umbrella', source: 'lever:umbrella', move: false })
})

it('says how to get made-up companies where the server has none', async () => {
  serve([])
  renderApp('/configure')
  expect(await screen.findByText(/jobwire serve --demo/)).toBeTruthy()
})

it('looks bare names up among the known companies', () => {
  const choices = [
    { company_name: 'Stripe', source: 'greenhouse:stripe', followed: false, made_up: false },
    { company_name: 'Pinstripe', source: 'lever:pin', followed: false, made_up: false },
    { company_name: 'Strava', source: 'lever:strava', followed: true, made_up: false },
  ]
  expect(readLines(' stripe \n\nlever:x\nlever:x', choices)).toEqual([
    {
      text: 'stripe',
      change: { op: 'upsert', company_name: 'Stripe', source: 'greenhouse:stripe', move: false },
    },
    { text: 'lever:x', change: { op: 'upsert', source: 'lever:x', move: false } },
  ])
  expect(suggest('lever:x\nstr', choices, 5).map((choice) => choice.company_name)).toEqual([
    'Stripe',
    'Pinstripe',
  ])
})

it('knows the address of a page from a name', () => {
  expect(addressIn('https://acme.example/jobs?a=b')).toBe('https://acme.example/jobs?a=b')
  expect(addressIn('careers.acme.example/jobs')).toBe('careers.acme.example/jobs')
  expect(addressIn('münchen.example')).toBe('münchen.example')
  expect(addressIn('Acme = careers.acme.example')).toBe('careers.acme.example')
  expect(['acme', 'greenhouse:acme', 'Acme=greenhouse:acme', 'https://'].map(addressIn)).toEqual([
    null,
    null,
    null,
    null,
  ])
})

it('looks at a company’s own page, where an address is at no system, and follows what it shows', async () => {
  const posted = serve([])
  const looked: unknown[] = []
  server.use(
    http.post('*/api/ingestion/look', async ({ request }) => {
      looked.push(await request.json())
      return HttpResponse.json({
        address: 'https://bad.example/careers',
        sightings: [
          {
            source: 'lever:acme',
            sentence: 'The page links to lever:acme.',
            url: 'https://jobs.lever.co/acme',
          },
        ],
        error_message: null,
      })
    }),
  )
  renderApp('/configure')
  const input = await screen.findByTestId('add-companies-input')
  await userEvent.type(input, 'https://bad.example/careers{enter}bad:one')
  await userEvent.click(screen.getByTestId('add-companies-submit'))
  await userEvent.click(await screen.findByRole('button', { name: 'Look which system is behind it' }))
  expect(await screen.findByText('The page links to lever:acme.')).toBeTruthy()
  expect(looked).toEqual([{ address: 'https://bad.example/careers' }])
  await userEvent.click(screen.getByRole('button', { name: 'Follow lever:acme' }))
  await waitFor(() => expect(posted.at(-1)).toEqual({ op: 'upsert', source: 'lever:acme', move: false }))
  const results = screen.getByRole('list', { name: /taken for/ })
  await waitFor(() =>
    expect(results.textContent).toContain('https://bad.example/careers is followed as acme'),
  )
  expect(input).toHaveProperty('value', 'bad:one')
})

it('says so where a company’s own page shows no board', async () => {
  serve([])
  server.use(
    http.post('*/api/ingestion/look', () =>
      HttpResponse.json({
        address: 'https://bad.example/',
        sightings: [],
        error_message: 'Nothing is known.',
      }),
    ),
  )
  renderApp('/configure')
  await userEvent.type(await screen.findByTestId('add-companies-input'), 'https://bad.example/')
  await userEvent.click(screen.getByTestId('add-companies-submit'))
  await userEvent.click(await screen.findByRole('button', { name: 'Look which system is behind it' }))
  expect(await screen.findByText('Nothing is known.')).toBeTruthy()
})
