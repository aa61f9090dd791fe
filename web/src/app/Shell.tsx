import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { Problem } from '../components/Notice'
import { Loading, Page } from '../components/Page'
import { SignedOutPage } from '../features/signin/SignedOutPage'
import { sessionQuery } from '../lib/queries'
import { Account } from './Account'
import styles from './Shell.module.css'

/** What is around every page. Nobody signed in: the way to sign in, at whatever address. */
export function Shell() {
  // Signing in happens in another tab: coming back to this one, or waiting a little, has to be enough.
  const session = useQuery({
    ...sessionQuery,
    refetchOnWindowFocus: (query) => (query.state.data === null ? 'always' : true),
    refetchInterval: (query) => (query.state.data === null ? 3000 : false),
  })
  return (
    <>
      <header className={styles.bar}>
        <Link to="/" className={styles.brand}>
          <img src="/favicon.svg" alt="" width="24" height="24" />
          Jobwire
        </Link>
        {session.data && (
          <>
            <nav className={styles.nav} aria-label="Pages">
              <Link to="/configure">Companies</Link>
              <Link to="/jobs" search={{}} activeOptions={{ includeSearch: false }}>
                Jobs
              </Link>
              <Link to="/runs" activeOptions={{ exact: true }}>
                Runs
              </Link>
            </nav>
            <Account email={session.data.email} />
          </>
        )}
      </header>
      <Content session={session} />
    </>
  )
}

function Content({ session }: { session: ReturnType<typeof useQuery<{ email: string } | null>> }) {
  if (session.data) return <Outlet />
  if (session.data === null)
    return <SignedOutPage checking={session.isFetching} checkAgain={() => void session.refetch()} />
  if (session.error)
    return (
      <Page title="Jobwire">
        <Problem error={session.error} retry={() => void session.refetch()} />
      </Page>
    )
  return <Loading what="Jobwire" />
}
