import { useQuery } from '@tanstack/react-query'
import { Button } from '../../components/Button'
import { Command } from '../../components/Command'
import { Problem } from '../../components/Notice'
import { Panel } from '../../components/Page'
import type { CompanyChoice } from '../../lib/api/follows'
import { DEMO_COMMAND } from '../../lib/commands'
import { plural } from '../../lib/format'
import { choicesQuery } from '../../lib/queries'
import { firstError, useChangeFollows } from '../../lib/useChangeFollows'
import styles from './FirstRun.module.css'

/** On systems of different kinds, and with enough openings to show something. */
const BEST_KNOWN = ['anthropic', 'openai', 'spotify', 'google', 'amazon', 'netflix']
const OFFERED = 3

/** For somebody who follows nobody: companies that do not exist, or real ones, one click away. */
export function FirstRun() {
  const choices = useQuery(choicesQuery)
  const change = useChangeFollows()
  const error = change.error ?? choices.error ?? firstError(change.data)
  const madeUp = (choices.data ?? []).filter((choice) => choice.made_up)
  const follow = (chosen: readonly CompanyChoice[]) =>
    change.mutate(
      chosen.map(({ company_name, source }) => ({ op: 'upsert', company_name, source, move: false })),
    )
  return (
    <div className={styles.ways}>
      <Panel title="Try it with made-up companies">
        <div className={styles.way}>
          {madeUp.length > 0 ? (
            <>
              <p>
                {plural(madeUp.length, 'company', 'companies')} that do not exist, on a careers site of this
                machine: nothing is asked of the internet.
              </p>
              <Button
                look="primary"
                data-testid="follow-demo"
                disabled={change.isPending}
                onClick={() => follow(madeUp)}
              >
                Follow {madeUp.length === 1 ? 'it' : `all ${madeUp.length}`}
              </Button>
            </>
          ) : (
            <>
              <p>In a terminal, in Jobwire’s folder. It has a folder and an address of its own:</p>
              <Command>{DEMO_COMMAND}</Command>
            </>
          )}
        </div>
      </Panel>
      <Panel title="Begin with a real one">
        <div className={styles.way}>
          <p>Their boards are public. More names, or any careers page, below.</p>
          <div className={styles.buttons}>
            {bestKnown(choices.data ?? []).map((choice) => (
              <Button key={choice.source} disabled={change.isPending} onClick={() => follow([choice])}>
                Follow {choice.company_name}
              </Button>
            ))}
          </div>
        </div>
      </Panel>
      {error && <Problem error={error} />}
    </div>
  )
}

export function bestKnown(choices: readonly CompanyChoice[]): CompanyChoice[] {
  const real = choices.filter((choice) => !choice.made_up && !choice.followed)
  const rank = ({ company_name: name }: CompanyChoice) => {
    const at = BEST_KNOWN.indexOf(name)
    return at < 0 ? BEST_KNOWN.length : at
  }
  return real.toSorted((a, b) => rank(a) - rank(b)).slice(0, OFFERED)
}
