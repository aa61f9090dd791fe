import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { rowByKey } from './rowByKey'

/**
 * The rows of a long list that fit into view, and a few more. One of them, `current`, is in the tab order; keys move to
 * the others. A row has `aria-rowindex` (2 for the first, behind the heading) and a button that takes the focus.
 */
export function useListRows(count: number, rowPx: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const wantsFocus = useRef<number | null>(null)
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 8,
  })
  useEffect(() => {
    void rowPx
    rows.measure()
  }, [rows, rowPx])
  const current = Math.min(active, count - 1)

  useEffect(() => {
    // Not yet, where something else has drawn the list in between.
    if (wantsFocus.current !== current) return
    const button = scroller.current?.querySelector<HTMLElement>(`[aria-rowindex="${current + 2}"] button`)
    if (button) {
      wantsFocus.current = null
      button.focus({ preventScroll: true })
    }
  })

  const go = (to: number) => {
    wantsFocus.current = to
    setActive(to)
    rows.scrollToIndex(to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const to = rowByKey(event.key, current, count)
    if (to === null || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    go(to)
  }
  return { scroller, rows, current, setActive, go, onKeyDown }
}
