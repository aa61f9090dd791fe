import { useState } from 'react'
import { readTheme, saveTheme, THEMES, type Theme } from '../../lib/theme'
import styles from './ThemeSelect.module.css'

const LABELS: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

export function ThemeSelect() {
  const [theme, setTheme] = useState(readTheme)
  const choose = (value: string) => {
    const chosen = THEMES.find((name) => name === value) ?? 'system'
    setTheme(chosen)
    saveTheme(chosen)
  }
  return (
    <select
      className={styles.select}
      aria-label="Colours"
      value={theme}
      onChange={(event) => choose(event.target.value)}
    >
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {LABELS[name]}
        </option>
      ))}
    </select>
  )
}
