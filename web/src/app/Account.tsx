import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../components/Button'
import { signOut } from '../lib/api/session'
import { queryKeys } from '../lib/queries'
import styles from './Shell.module.css'
import { readTheme, saveTheme, THEMES, type Theme } from './theme'

const LABELS: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' }

export function Account({ email }: { email: string }) {
  return (
    <div className={styles.account}>
      <ThemeSelect />
      <span className={styles.email}>{email}</span>
      <SignOutButton />
    </div>
  )
}

function ThemeSelect() {
  const [theme, setTheme] = useState(readTheme)
  const choose = (value: string) => {
    const chosen = THEMES.find((name) => name === value) ?? 'system'
    setTheme(chosen)
    saveTheme(chosen)
  }
  return (
    <select aria-label="Colours" value={theme} onChange={(event) => choose(event.target.value)}>
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {LABELS[name]}
        </option>
      ))}
    </select>
  )
}

function SignOutButton() {
  const queries = useQueryClient()
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      // Not clear(): the shell has to hear of it through the query that it watches.
      queries.setQueryData(queryKeys.session, null)
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.session[0] })
    },
  })
  return (
    <Button look="quiet" disabled={leave.isPending} onClick={() => leave.mutate()}>
      {leave.isError ? 'Sign out failed: again' : 'Sign out'}
    </Button>
  )
}
