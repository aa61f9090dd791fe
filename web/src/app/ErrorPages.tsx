import { Link } from '@tanstack/react-router'
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

/** The page itself is broken: say so, and offer the one thing that helps. */
export const CrashPage = ({ error }: { error: unknown }) => (
  <Page
    narrow
    title="This page broke"
    lead="A run goes on without it: nothing is lost."
    actions={
      <Button look="primary" onClick={() => location.reload()}>
        Reload
      </Button>
    }
  >
    <Problem error={error} />
  </Page>
)
