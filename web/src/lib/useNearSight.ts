import { type RefObject, useEffect, useState } from 'react'

/** A screen above what is in view, and one below. */
const MARGIN = '100% 0px'

interface Sight {
  readonly isNear: boolean
  /** In px, when it was last near; null while it is, and before it ever was. */
  readonly height: number | null
}

/**
 * Whether an element is in view or nearly so. One that is not can be drawn with less in it, if it stays as high as it was.
 *
 * @param isNearAtFirst what is said before the browser has looked
 */
export function useNearSight(element: RefObject<HTMLElement | null>, isNearAtFirst: boolean): Sight {
  const [sight, setSight] = useState<Sight>({ isNear: isNearAtFirst, height: null })
  useEffect(() => {
    if (!element.current) return
    return observe(element.current, ({ isIntersecting, boundingClientRect: { height } }) =>
      setSight((before) => {
        if (before.isNear === isIntersecting) return before
        return { isNear: isIntersecting, height: isIntersecting ? null : height }
      }),
    )
  }, [element])
  return sight
}

type Hear = (entry: IntersectionObserverEntry) => void

// One observer for all: a long list has thousands of rows.
const hearers = new WeakMap<Element, Hear>()
let observer: IntersectionObserver | undefined

function observe(element: Element, hear: Hear): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) hearers.get(entry.target)?.(entry)
    },
    { rootMargin: MARGIN },
  )
  const used = observer
  hearers.set(element, hear)
  used.observe(element)
  return () => {
    used.unobserve(element)
    hearers.delete(element)
  }
}
