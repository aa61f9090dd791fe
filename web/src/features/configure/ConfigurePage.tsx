import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { buttonClass } from '../../components/Button'
import { Problem } from '../../components/Notice'
import { FootActions, Loading, Page, StickyFoot } from '../../components/Page'
import { Stepper } from '../../components/Stepper'
import type { Follow } from '../../lib/api/follows'
import { plural } from '../../lib/format'
import { followsQuery } from '../../lib/queries'
import { ActiveRun } from '../start/ActiveRun'
import { StartRunButton } from '../start/StartRunButton'
import { useStartRun } from '../start/useStartRun'
import { AddCompanies } from './AddCompanies'
import { FirstRun } from './FirstRun'
import { FollowList } from './FollowList'

export function ConfigurePage() {
  const follows = useQuery(followsQuery)
  const nobodyFollowed = follows.data?.length === 0
  return (
    <>
      <Stepper current="configure" />
      <Page
        title="Companies to follow"
        lead={
          nobodyFollowed
            ? 'You follow nobody yet. Add the companies whose openings you want: Jobwire reads their careers boards and tells you what is new, changed and gone.'
            : 'A run lists the openings of each company here, keeps the titles that its filters let through, and fetches those that are new or changed.'
        }
      >
        <ActiveRun meaning="What you change here counts from the next run on." />
        {nobodyFollowed && <FirstRun />}
        <AddCompanies nobodyFollowed={nobodyFollowed} />
        {follows.error && <Problem error={follows.error} retry={() => void follows.refetch()} />}
        {follows.isPending && <Loading what="your companies" />}
        {follows.data && follows.data.length > 0 && (
          <>
            <FollowList follows={follows.data} />
            <Start follows={follows.data} />
          </>
        )}
      </Page>
    </>
  )
}

function Start({ follows }: { follows: readonly Follow[] }) {
  const start = useStartRun()
  const enabled = follows.filter((follow) => follow.is_enabled).length
  const resting = follows.length - enabled
  return (
    <StickyFoot>
      <span>
        <strong>{plural(enabled, 'company', 'companies')}</strong> in the next run
        {resting > 0 && `, ${resting} switched off`}
      </span>
      <FootActions>
        {enabled > 0 && (
          <Link to="/preview" className={buttonClass()} data-testid="preview-button">
            {plural(enabled, 'company', 'companies')}: preview
          </Link>
        )}
        <StartRunButton start={start} disabled={enabled === 0}>
          Start run
        </StartRunButton>
      </FootActions>
      {start.error && <Problem error={start.error} />}
    </StickyFoot>
  )
}
