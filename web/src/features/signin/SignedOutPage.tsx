import { Button } from '../../components/Button'
import { Command } from '../../components/Command'
import { Page, Panel } from '../../components/Page'
import { SIGN_IN_COMMAND } from '../../lib/commands'
import styles from './SignedOutPage.module.css'

interface Props {
  checking: boolean
  checkAgain: () => void
}

export function SignedOutPage({ checking, checkAgain }: Props) {
  return (
    <Page
      narrow
      title="Sign in"
      lead="Jobwire doesn't know this browser yet. There is no password: a link from the machine that runs Jobwire signs you in."
    >
      <Panel title="How to sign in">
        <ol className={styles.steps}>
          <li>
            <p>In a terminal on that machine, in Jobwire's folder, run:</p>
            <Command>{SIGN_IN_COMMAND}</Command>
          </li>
          <li>
            <p>Open the link that it prints in this browser. It works once.</p>
          </li>
          <li>
            <p>This page then goes on by itself.</p>
            <Button onClick={checkAgain} disabled={checking}>
              {checking ? 'Checking…' : 'Check again'}
            </Button>
          </li>
        </ol>
      </Panel>
    </Page>
  )
}
