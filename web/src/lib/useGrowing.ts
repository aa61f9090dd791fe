import { type RefObject, useLayoutEffect, useRef } from 'react'

interface Growing<List> {
  readonly list: RefObject<List | null>
  /** To be called by what lets the list grow, and is gone then. */
  readonly grow: () => void
}

/** A list of `length` children: when it has grown, the first of those that came has the focus. */
export function useGrowing<List extends Element>(length: number): Growing<List> {
  const list = useRef<List>(null)
  const from = useRef<number | null>(null)
  useLayoutEffect(() => {
    if (from.current === null || length <= from.current) return
    const first = list.current?.children[from.current]
    from.current = null
    if (first instanceof HTMLElement) focusIn(first)
  }, [length])
  return {
    list,
    grow: () => {
      from.current = length
    },
  }
}

/** On its first control; on itself where it has none. */
function focusIn(element: HTMLElement): void {
  const control = element.querySelector<HTMLElement>('a[href], button, input, summary')
  if (control === null) element.tabIndex = -1
  ;(control ?? element).focus()
}
