import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from '@tanstack/react-router'
import { Loading } from '../components/Page'
import { HomePage } from '../features/home/HomePage'
import { parseJobsSearch } from '../features/jobs/search'
import { ProgressPage } from '../features/progress/ProgressPage'
import { parseProgressSearch } from '../features/progress/search'
import { runQuery, sessionQuery } from '../lib/queries'
import { parseRunId } from '../lib/runId'
import { unlessLeft } from '../lib/unlessLeft'
import { CrashPage, NotFoundPage } from './ErrorPages'
import { Shell } from './Shell'

const lazyPage: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(() => unlessLeft(load()), name)

interface Context {
  queries: QueryClient
}

// What a page begins with is asked for at once, so that it is drawn once; a loader that has answered is not asked again.
const root = createRootRouteWithContext<Context>()({
  component: Shell,
  notFoundComponent: NotFoundPage,
  loader: ({ context }) => context.queries.prefetchQuery(sessionQuery),
  staleTime: Number.POSITIVE_INFINITY,
})

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage })

const configure = createRoute({
  getParentRoute: () => root,
  path: '/configure',
  component: lazyPage(() => import('../features/configure/ConfigurePage'), 'ConfigurePage'),
})

const preview = createRoute({
  getParentRoute: () => root,
  path: '/preview',
  component: lazyPage(() => import('../features/preview/PreviewPage'), 'PreviewPage'),
})

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  component: lazyPage(() => import('../features/runs/RunsPage'), 'RunsPage'),
})

const progress = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: parseProgressSearch,
  loader: ({ context, params }) => {
    const runId = parseRunId(params.runId)
    return runId === null ? undefined : context.queries.prefetchQuery(runQuery(runId))
  },
  staleTime: Number.POSITIVE_INFINITY,
  // The page that most people open first: in one piece with the rest, one thing less to wait for.
  component: ProgressPage,
})

const summary = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId/summary',
  component: lazyPage(() => import('../features/summary/SummaryPage'), 'SummaryPage'),
})

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: parseJobsSearch,
  component: lazyPage(() => import('../features/jobs/JobsPage'), 'JobsPage'),
})

const companies = createRoute({
  getParentRoute: () => root,
  path: '/companies',
  component: lazyPage(() => import('../features/companies/CompaniesPage'), 'CompaniesPage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyPage(() => import('../features/settings/SettingsPage'), 'SettingsPage'),
})

const routeTree = root.addChildren([
  home,
  configure,
  preview,
  runs,
  progress,
  summary,
  jobs,
  companies,
  settings,
])

const LoadingPage = () => <Loading what="Jobwire" />

/** `history`: the browser's own when left out; a test gives one in memory. */
export const createAppRouter = (queries: QueryClient, history?: RouterHistory) =>
  createRouter({
    routeTree,
    context: { queries },
    defaultPendingComponent: LoadingPage,
    defaultPreload: 'intent',
    defaultErrorComponent: CrashPage,
    scrollRestoration: true,
    ...(history && { history }),
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
