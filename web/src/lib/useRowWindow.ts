import { type RefObject, useCallback, useLayoutEffect, useState } from 'react'

/** Rows beyond what is in view: as many as a frame of scrolling may need. */
const OVERSCAN = 8

/** Rows of a list, by index: from `first` to before `end`. */
interface Range {
  readonly first: number
  readonly end: number
}

/**
 * Which of `count` rows, each `rowPx` high, are in view of the box that scrolls them, and a few more. All rows are equally
 * high: that is all there is to know, and no library is needed for it.
 */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, count: number, rowPx: number) {
  const [seen, setSeen] = useState<Range>({ first: 0, end: 0 })
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const look = () => {
      const first = Math.max(0, Math.floor(box.scrollTop / rowPx) - OVERSCAN)
      const end = Math.ceil((box.scrollTop + box.clientHeight) / rowPx) + OVERSCAN
      setSeen((before) => (before.first === first && before.end === end ? before : { first, end }))
    }
    look()
    box.addEventListener('scroll', look, { passive: true })
    const sizes = new ResizeObserver(look)
    sizes.observe(box)
    return () => {
      box.removeEventListener('scroll', look)
      sizes.disconnect()
    }
  }, [scroller, rowPx])

  /** Scroll as little as brings a row into view. */
  const scrollTo = useCallback(
    (row: number) => {
      const box = scroller.current
      if (!box) return
      const top = row * rowPx
      const most = top
      const least = top + rowPx - box.clientHeight
      box.scrollTop = Math.max(least, Math.min(most, box.scrollTop))
    },
    [scroller, rowPx],
  )
  const end = Math.min(count, seen.end)
  return { first: Math.min(seen.first, end), end, scrollTo }
}
