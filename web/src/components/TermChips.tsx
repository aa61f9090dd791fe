import { useId, useState } from 'react'
import styles from './TermChips.module.css'

interface Props {
  label: string
  company: string
  look: 'include' | 'exclude'
  terms: readonly string[]
  /** Resolves to whether they were taken. */
  onChange: (terms: string[]) => Promise<boolean>
}

/** The terms of one filter: Enter adds what is typed, Backspace in an empty field takes the last one back.
 *  A term that is refused goes back into the field, to be put right. */
export function TermChips({ label, company, look, terms, onChange }: Props) {
  const [typed, setTyped] = useState('')
  const id = useId()
  const change = (next: string[]) => void onChange(next)
  const add = async () => {
    const term = typed.trim()
    setTyped('')
    if (term === '' || terms.includes(term) || (await onChange([...terms, term]))) return
    setTyped((meanwhile) => meanwhile || term)
  }
  return (
    <div className={styles.field}>
      <label htmlFor={id}>
        {label}
        <span className="visually-hidden"> for {company}</span>
      </label>
      <div className={styles.chips} data-look={look}>
        {terms.map((term) => (
          <span key={term} className={styles.chip}>
            <TermText term={term} />
            <button
              type="button"
              aria-label={`Remove ${term}`}
              onClick={() => change(terms.filter((held) => held !== term))}
            >
              ×
            </button>
          </span>
        ))}
        <input
          id={id}
          className={styles.input}
          value={typed}
          placeholder={terms.length === 0 ? (look === 'include' ? 'any title' : 'nothing') : ''}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => void add()}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault()
              void add()
            } else if (event.key === 'Backspace' && typed === '' && terms.length > 0)
              change(terms.slice(0, -1))
          }}
        />
      </div>
    </div>
  )
}

/** A term without the marks that say of which kind it is, and then that kind in words. */
function TermText({ term }: { term: string }) {
  const kind = /^".+"$/.test(term) ? 'word' : /^\/.+\/$/.test(term) ? 'regex' : null
  if (kind === null) return <>{term}</>
  return (
    <>
      {term.slice(1, -1)} <small className={styles.kind}>{kind}</small>
    </>
  )
}
