import { type ReactNode, useLayoutEffect, useRef } from 'react'
import styles from './Dialog.module.css'

interface Props {
  label: string
  onClose: () => void
  drawer?: boolean
  children: ReactNode
}

/** A native modal dialog, open while it is mounted. Escape and a click on the backdrop close it. */
export function Dialog({ label, onClose, drawer = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  // Closed before it is taken out of the page: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard's way out is Escape, which the browser handles.
    <dialog
      ref={ref}
      aria-label={label}
      className={`${styles.dialog} ${drawer ? styles.drawer : ''}`}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (
          event.target === event.currentTarget &&
          isOutside(event.currentTarget, event.clientX, event.clientY)
        )
          onClose()
      }}
    >
      {children}
    </dialog>
  )
}

function isOutside(element: Element, x: number, y: number): boolean {
  const box = element.getBoundingClientRect()
  return x < box.left || x > box.right || y < box.top || y > box.bottom
}
