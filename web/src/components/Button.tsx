import type { ComponentProps } from 'react'
import styles from './Button.module.css'

export type ButtonLook = 'plain' | 'primary' | 'danger' | 'quiet'

/** The class of a button, for links that look like one. */
export const buttonClass = (look: ButtonLook = 'plain'): string =>
  [styles.button, look !== 'plain' && styles[look]].filter(Boolean).join(' ')

type Props = ComponentProps<'button'> & { look?: ButtonLook }

export function Button({ look = 'plain', type = 'button', className, ...rest }: Props) {
  return <button type={type} className={`${buttonClass(look)} ${className ?? ''}`} {...rest} />
}
