import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { rowByKey } from './rowByKey'
import { useRowWindow } from './useRowWindow'

/**
 * The rows of a long list that fit into view, and a few more. One of them, `current`, is in the tab order, and there even
 * where it is out of view: it may have the focus; keys move to the others. A row has `aria-rowindex` (2 for the first,
 * behind the heading) and a button that takes the focus.
 */
export function useListRows(count: number, rowPx: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const wantsFocus = useRef<number | null>(null)
  const { first, end, scrollTo } = useRowWindow(scroller, count, rowPx)
  const current = Math.min(active, count - 1)
  const inView = Array.from({ length: end - first }, (_, index) => first + index)
  const shown = current < first ? [current, ...inView] : current >= end ? [...inView, current] : inView

  const focusOn = (row: number) => {
    const button = scroller.current?.querySelector<HTMLElement>(`[aria-rowindex="${row + 2}"] button`)
    if (button) {
      wantsFocus.current = null
      button.focus({ preventScroll: true })
      // The list shows it already, but the list may reach beyond the window.
      button.scrollIntoView({ block: 'nearest' })
    }
  }
  useEffect(() => {
    // Not yet, where something else has drawn the list in between.
    if (wantsFocus.current === current) focusOn(current)
  })

  const go = (to: number) => {
    wantsFocus.current = to
    setActive(to)
    scrollTo(to)
    // Nothing is drawn anew for the one that is the current one already.
    if (to === current) focusOn(to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const to = rowByKey(event.key, current, count)
    if (to === null || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    go(to)
  }
  return {
    scroller,
    /** In px, of all rows. */
    height: count * rowPx,
    /** What to draw, each row `top` px from the list's beginning. */
    rows: shown.map((index) => ({ index, top: index * rowPx })),
    last: end - 1,
    current,
    setActive,
    go,
    onKeyDown,
  }
}
