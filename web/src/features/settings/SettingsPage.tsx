import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Command } from '../../components/Command'
import { Problem } from '../../components/Notice'
import { Loading, Page, Panel } from '../../components/Page'
import { Switch } from '../../components/Switch'
import { SIGN_IN_COMMAND } from '../../lib/commands'
import { type Flag, readFlag, saveFlag } from '../../lib/preferences'
import { serverFactsQuery, sessionQuery } from '../../lib/queries'
import styles from './Settings.module.css'
import { SignOutButton } from './SignOutButton'
import { ThemeSelect } from './ThemeSelect'

export function SettingsPage() {
  const { data: session } = useQuery(sessionQuery)
  return (
    <Page narrow title="Settings" lead="What you choose here is kept in this browser.">
      <Panel title="This browser">
        <Entry name="Colours" hint="Light, dark, or as your system has it.">
          <ThemeSelect />
        </Entry>
        <FlagEntry
          flag="shortcuts"
          name="Keyboard shortcuts"
          hint="Single keys do something; ? lists them. Keys that move between controls always work."
        />
        <NotifyEntry />
      </Panel>
      <Panel title="You">
        <Entry name="Signed in as" hint={session?.email ?? ''}>
          <SignOutButton look="plain" />
        </Entry>
        <div className={styles.wide}>
          <p className={styles.hint}>
            Another browser or device signs in with a link from a terminal in Jobwire’s folder on this
            machine:
          </p>
          <Command>{SIGN_IN_COMMAND}</Command>
        </div>
      </Panel>
      <ServerPanel />
    </Page>
  )
}

interface EntryProps {
  name: string
  hint: string
  children: ReactNode
}

const Entry = ({ name, hint, children }: EntryProps) => (
  <div className={styles.entry}>
    <div className={styles.text}>
      <h3>{name}</h3>
      <p className={styles.hint}>{hint}</p>
    </div>
    {children}
  </div>
)

function FlagEntry({ flag, name, hint }: { flag: Flag; name: string; hint: string }) {
  const [on, setOn] = useState(() => readFlag(flag))
  return (
    <Entry name={name} hint={hint}>
      <Switch
        label={name}
        on={on}
        onChange={(next) => {
          saveFlag(flag, next)
          setOn(next)
        }}
      />
    </Entry>
  )
}

/** A browser asks the person for itself, and remembers a no: then only its own settings help. */
function NotifyEntry() {
  const possible = 'Notification' in window
  const [permission, setPermission] = useState(possible ? Notification.permission : 'denied')
  const [on, setOn] = useState(() => readFlag('notify') && permission === 'granted')
  const choose = async (next: boolean) => {
    const answer = next && permission === 'default' ? await Notification.requestPermission() : permission
    setPermission(answer)
    const granted = next && answer === 'granted'
    saveFlag('notify', granted)
    setOn(granted)
  }
  return (
    <Entry
      name="Notification at the end of a run"
      hint={
        permission === 'denied'
          ? 'This browser does not allow it here: allow notifications for this site in its own settings.'
          : 'While a tab shows the run, and you look at something else.'
      }
    >
      <Switch
        label="Notification at the end of a run"
        on={on}
        disabled={permission === 'denied'}
        onChange={(next) => void choose(next)}
      />
    </Entry>
  )
}

function ServerPanel() {
  const facts = useQuery(serverFactsQuery)
  return (
    <Panel title="This server">
      {facts.error && <Problem error={facts.error} retry={() => void facts.refetch()} />}
      {facts.isPending && <Loading what="the server’s facts" />}
      {facts.data && (
        <dl className={styles.facts}>
          <dt>Version</dt>
          <dd>{facts.data.version}</dd>
          <dt>Address</dt>
          <dd>{location.origin}</dd>
          <dt>Runs are kept for</dt>
          <dd>{facts.data.keep_runs_days} days</dd>
          {Object.entries(facts.data.stand_ins).map(([system, origin]) => (
            <StandIn key={system} system={system} origin={origin} />
          ))}
        </dl>
      )}
    </Panel>
  )
}

const StandIn = ({ system, origin }: { system: string; origin: string }) => (
  <>
    <dt>In the place of {system}</dt>
    <dd>
      <code>{origin}</code>
    </dd>
  </>
)
