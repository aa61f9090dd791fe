import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Problem } from '../components/Notice'
import { Loading, Page } from '../components/Page'
import { SignedOutPage } from '../features/signin/SignedOutPage'
import type { Session } from '../lib/api/session'
import { keepFocus } from '../lib/keepFocus'
import { sessionQuery } from '../lib/queries'
import { Account } from './Account'
import { Navigation } from './Navigation'
import styles from './Shell.module.css'
import { Shortcuts } from './Shortcuts'

/** What is around every page. Nobody signed in: the way to sign in, at whatever address. */
export function Shell() {
  // Signing in happens in another tab: coming back to this one, or waiting a little, has to be enough.
  const session = useQuery({
    ...sessionQuery,
    refetchOnWindowFocus: (query) => (query.state.data === null ? 'always' : true),
    refetchInterval: (query) => (query.state.data === null ? 3000 : false),
  })
  if (session.data) return <SignedIn session={session.data} />
  return (
    <>
      <header className={styles.signedOut}>
        <Brand />
      </header>
      <Outside session={session} />
    </>
  )
}

function SignedIn({ session }: { session: Session }) {
  useEffect(keepFocus, [])
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        To the content
      </a>
      <header className={styles.rail}>
        <Brand />
        <Navigation />
        <Account email={session.email} />
      </header>
      <div id="content" tabIndex={-1}>
        <Outlet />
      </div>
      <Shortcuts />
    </div>
  )
}

const Brand = () => (
  <Link to="/" className={styles.brand}>
    <img src="/favicon.svg" alt="" width="24" height="24" />
    Jobwire
  </Link>
)

function Outside({ session }: { session: ReturnType<typeof useQuery<Session | null>> }) {
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
