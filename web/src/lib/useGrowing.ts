import { type RefObject, useLayoutEffect, useRef } from 'react'

interface Growing<List> {
  readonly list: RefObject<List | null>
  /** To be called by what lets the list grow, and is gone then. */
  readonly grow: () => void
}

/** When the list has grown, the first of the children that came has the focus. */
export function useGrowing<List extends Element>(): Growing<List> {
  const list = useRef<List>(null)
  const from = useRef<number | null>(null)
  useLayoutEffect(() => {
    if (from.current === null) return
    const first = list.current?.children[from.current]
    if (!first) return
    from.current = null
    if (first instanceof HTMLElement) focusIn(first)
  })
  return {
    list,
    grow: () => {
      from.current = list.current?.children.length ?? null
    },
  }
}

/** On its first control; on itself where it has none. */
function focusIn(element: HTMLElement): void {
  const control = element.querySelector<HTMLElement>('a[href], button, input, summary')
  if (control === null) element.tabIndex = -1
  ;(control ?? element).focus()
}
