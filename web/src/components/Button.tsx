import type { ComponentProps } from 'react'
import styles from './Button.module.css'

export type ButtonLook = 'plain' | 'primary' | 'danger' | 'quiet'

/** The class of a button, for links that look like one. */
export const buttonClass = (look: ButtonLook = 'plain'): string =>
  [styles.button, look !== 'plain' && styles[look]].filter(Boolean).join(' ')

type Props = ComponentProps<'button'> & { look?: ButtonLook }

/** Disabled, it keeps the focus, as one has it that was just pressed: the browser would give that to the body. */
export function Button({
  look = 'plain',
  type = 'button',
  className,
  disabled = false,
  onClick,
  ...rest
}: Props) {
  return (
    <button
      type={type}
      className={`${buttonClass(look)} ${className ?? ''}`}
      aria-disabled={disabled || undefined}
      onClick={disabled ? (event) => event.preventDefault() : onClick}
      {...rest}
    />
  )
}
