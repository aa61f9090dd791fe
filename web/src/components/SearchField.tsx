import type { ComponentProps } from 'react'
import styles from './SearchField.module.css'

interface Props extends Omit<ComponentProps<'input'>, 'type' | 'onChange' | 'value'> {
  /** What it is for; its placeholder, too, where nothing else is said. */
  label: string
  value: string
  onChange: (value: string) => void
  large?: boolean
}

export const SearchField = ({ label, onChange, large = false, className = '', ...rest }: Props) => (
  <input
    type="search"
    aria-label={label}
    placeholder={label}
    autoComplete="off"
    spellCheck={false}
    {...rest}
    className={`${styles.search} ${large ? styles.large : ''} ${className}`}
    onChange={(event) => onChange(event.target.value)}
  />
)
