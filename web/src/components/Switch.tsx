import styles from './Switch.module.css'

interface Props {
  label: string
  on: boolean
  disabled?: boolean
  onChange: (on: boolean) => void
}

export const Switch = ({ label, on, disabled = false, onChange }: Props) => (
  <input
    type="checkbox"
    role="switch"
    className={styles.switch}
    aria-label={label}
    aria-checked={on}
    checked={on}
    disabled={disabled}
    onChange={(event) => onChange(event.target.checked)}
  />
)
