import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from '@tanstack/react-router'
import { HomePage } from '../features/home/HomePage'
import { parseJobsSearch } from '../features/jobs/search'
import { parseProgressSearch } from '../features/progress/search'
import { CrashPage, NotFoundPage } from './ErrorPages'
import { Shell } from './Shell'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage })

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage })

const configure = createRoute({
  getParentRoute: () => root,
  path: '/configure',
  component: lazyRouteComponent(() => import('../features/configure/ConfigurePage'), 'ConfigurePage'),
})

const preview = createRoute({
  getParentRoute: () => root,
  path: '/preview',
  component: lazyRouteComponent(() => import('../features/preview/PreviewPage'), 'PreviewPage'),
})

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  component: lazyRouteComponent(() => import('../features/runs/RunsPage'), 'RunsPage'),
})

const progress = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: parseProgressSearch,
  component: lazyRouteComponent(() => import('../features/progress/ProgressPage'), 'ProgressPage'),
})

const summary = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId/summary',
  component: lazyRouteComponent(() => import('../features/summary/SummaryPage'), 'SummaryPage'),
})

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: parseJobsSearch,
  component: lazyRouteComponent(() => import('../features/jobs/JobsPage'), 'JobsPage'),
})

const companies = createRoute({
  getParentRoute: () => root,
  path: '/companies',
  component: lazyRouteComponent(() => import('../features/companies/CompaniesPage'), 'CompaniesPage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage'), 'SettingsPage'),
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

/** `history`: the browser's own when left out; a test gives one in memory. */
export const createAppRouter = (history?: RouterHistory) =>
  createRouter({
    routeTree,
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
