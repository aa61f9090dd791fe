import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../components/Button'
import { Problem } from '../../components/Notice'
import { Panel } from '../../components/Page'
import { choicesQuery } from '../../lib/queries'
import { useChangeFollows } from '../../lib/useChangeFollows'
import styles from './AddCompanies.module.css'
import { LineResults } from './LineResults'
import {
  apart,
  type LineResult,
  moved,
  pairResults,
  readLines,
  replaceResults,
  suggest,
  type TypedLine,
} from './lines'

const MOST_SUGGESTIONS = 8

export function AddCompanies({ nobodyFollowed }: { nobodyFollowed: boolean }) {
  const [text, setText] = useState('')
  const [results, setResults] = useState<readonly LineResult[]>([])
  const choices = useQuery(choicesQuery)
  const [answered, setAnswered] = useState(0)
  const change = useChangeFollows(setAnswered)
  const lines = readLines(text, choices.data ?? [])

  const add = (typed: readonly TypedLine[], clear: boolean) => {
    setAnswered(0)
    change.mutate(
      typed.map((line) => line.change),
      {
        onSuccess: (outcomes) => {
          const fresh = pairResults(typed, outcomes)
          setResults(fresh)
          // What was refused stays, to be put right; what is asked about is answered below.
          if (clear)
            setText(
              fresh
                .flatMap(({ text, error, knownSource }) =>
                  error !== null && knownSource === null ? [text] : [],
                )
                .join('\n'),
            )
        },
      },
    )
  }
  const answer = (typed: TypedLine | null) => {
    if (typed === null) return
    change.mutate([typed.change], {
      onSuccess: (outcomes) => setResults((shown) => replaceResults(shown, pairResults([typed], outcomes))),
    })
  }

  const followSighted = ({ text: line }: LineResult, source: string) => {
    setText((typed) => withoutLine(typed, line))
    answer({ text: line, change: { op: 'upsert', source, move: false } })
  }

  return (
    <Panel title="Add companies">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (lines.length > 0) add(lines, true)
        }}
      >
        <label htmlFor="add-companies">
          One a line: a name, <code>board:slug</code>, <code>name=board:slug</code>, or the address of a
          careers page. Paste as many as you like.
        </label>
        <textarea
          id="add-companies"
          data-testid="add-companies-input"
          className={styles.input}
          rows={Math.min(12, Math.max(3, text.split('\n').length))}
          value={text}
          spellCheck={false}
          placeholder={'greenhouse:stripe\nthe others=lever:others\nhttps://jobs.ashbyhq.com/linear'}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
              event.currentTarget.form?.requestSubmit()
          }}
        />
        <div className={styles.row}>
          <Button
            type="submit"
            look={nobodyFollowed ? 'primary' : 'plain'}
            data-testid="add-companies-submit"
            disabled={lines.length === 0 || change.isPending}
          >
            {change.isPending ? addingLabel(answered, change.variables.length) : addLabel(lines.length)}
          </Button>
          <Suggestions
            names={suggest(text, choices.data ?? [], MOST_SUGGESTIONS).map((choice) => choice.company_name)}
            disabled={change.isPending}
            onPick={(name) => add(readLines(name, choices.data ?? []), false)}
          />
        </div>
      </form>
      {change.error && (
        <div className={styles.problem}>
          <Problem error={change.error} />
        </div>
      )}
      <LineResults
        results={results}
        disabled={change.isPending}
        onMove={(result) => answer(moved(result))}
        onApart={(result) => answer(apart(result))}
        onFollow={followSighted}
        onLeave={({ text }) => setResults((shown) => shown.filter((result) => result.text !== text))}
      />
    </Panel>
  )
}

const withoutLine = (text: string, line: string): string =>
  text
    .split('\n')
    .filter((one) => one.trim() !== line)
    .join('\n')

const addingLabel = (answered: number, all: number): string =>
  answered > 0 ? `Adding… ${answered} of ${all}` : 'Adding…'
const addLabel = (lines: number): string => (lines > 1 ? `Add ${lines} companies` : 'Add')

interface SuggestionsProps {
  names: readonly string[]
  disabled: boolean
  onPick: (name: string) => void
}

function Suggestions({ names, disabled, onPick }: SuggestionsProps) {
  if (names.length === 0) return null
  return (
    <div className={styles.suggestions}>
      <span>Known to Jobwire:</span>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          className={styles.suggestion}
          aria-disabled={disabled || undefined}
          onClick={() => disabled || onPick(name)}
        >
          + {name}
        </button>
      ))}
    </div>
  )
}
