import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Button, buttonClass } from '../components/Button'
import { Problem } from '../components/Notice'
import { Page } from '../components/Page'

export const NotFoundPage = () => (
  <Page
    narrow
    title="No such page"
    lead="There is nothing at this address."
    actions={
      <Link to="/" className={buttonClass('primary')}>
        To the newest run
      </Link>
    }
  >
    {null}
  </Page>
)

/** As the browsers, and the build's own loader, say that a part of the app did not come. */
const NOT_LOADED = /preload CSS|dynamically imported module|module script failed/i

/** The page itself is broken, or did not come: say so, and offer the one thing that helps. */
export const CrashPage = ({ error }: { error: unknown }) =>
  error instanceof Error && NOT_LOADED.test(error.message) ? (
    <ReloadPage
      title="This page did not load"
      lead="The server does not answer, or has a newer page than the one that you opened. What runs there goes on."
      button="Try again"
    >
      {null}
    </ReloadPage>
  ) : (
    <ReloadPage title="This page broke" lead="A run goes on without it: nothing is lost." button="Reload">
      <Problem error={error} />
    </ReloadPage>
  )

interface ReloadProps {
  title: string
  lead: string
  button: string
  children: ReactNode
}

const ReloadPage = ({ button, ...page }: ReloadProps) => (
  <Page
    narrow
    actions={
      <Button look="primary" onClick={() => location.reload()}>
        {button}
      </Button>
    }
    {...page}
  />
)
