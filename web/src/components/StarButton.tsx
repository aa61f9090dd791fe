import type { ComponentProps } from 'react'
import styles from './StarButton.module.css'

interface Props extends Omit<ComponentProps<'button'>, 'type' | 'children' | 'onClick' | 'onChange'> {
  on: boolean
  onChange: (on: boolean) => void
}

export const StarButton = ({ on, onChange, ...rest }: Props) => (
  <button
    type="button"
    {...rest}
    className={styles.star}
    aria-pressed={on}
    aria-label="Star"
    title={on ? 'Take the star away' : 'Star'}
    onClick={(event) => {
      event.stopPropagation()
      onChange(!on)
    }}
  >
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8L3.6 9.7l5.8-.8z" />
    </svg>
  </button>
)
