/**
 * A control that goes by its own press ("Show all", "Delete", "Abort") leaves the keyboard nowhere: the browser gives the focus
 * to the body, and Tab begins at the top of the page. Then it goes to what is nearest to where the control was.
 */

/** So long after a press what goes is taken to go because of it: a server may have to be asked first. */
const WATCHED_MS = 10_000

const CAN_HAVE_FOCUS = 'a[href], button, input, select, textarea, summary, [tabindex]'

/** Keeps the focus in the page until the returned function is called. */
export function keepFocus(): () => void {
  let stop = () => {}
  const onClick = () => {
    stop()
    stop = watch()
  }
  document.addEventListener('click', onClick, true)
  return () => {
    document.removeEventListener('click', onClick, true)
    stop()
  }
}

/** Watches what has the focus, until it is lost once, or for as long as a press has its effects. */
function watch(): () => void {
  let path = pathOf(document.activeElement)
  const onFocus = () => {
    path = pathOf(document.activeElement)
  }
  const observer = new MutationObserver((changes) => {
    const [control] = path
    if (!control || control.isConnected || document.activeElement !== document.body) return
    stop()
    nearest(path, changes)?.focus()
  })
  const stop = () => {
    observer.disconnect()
    clearTimeout(timer)
    document.removeEventListener('focusin', onFocus)
  }
  const timer = setTimeout(stop, WATCHED_MS)
  document.addEventListener('focusin', onFocus)
  observer.observe(document.body, { childList: true, subtree: true })
  return stop
}

/** An element and all around it, from the inside; empty for the body. */
function pathOf(element: Element | null): readonly Element[] {
  const path: Element[] = []
  for (let one = element; one && one !== document.body; one = one.parentElement) path.push(one)
  return path
}

/** What comes next in the smallest part of the page that has anything, else what is last before. */
function nearest(path: readonly Element[], changes: readonly MutationRecord[]): HTMLElement | null {
  const home = path.find((element) => element.isConnected)
  // Another page has taken its place: one begins at its top.
  if (!home || path.some((element) => element.tagName === 'MAIN' && !element.isConnected)) return null
  const change = changes.find(
    ({ target, removedNodes }) =>
      target === home && [...removedNodes].some((node) => path.includes(node as Element)),
  )
  const before = change?.previousSibling?.isConnected ? change.previousSibling : null
  const isBehind = (element: Element) =>
    before
      ? (before.compareDocumentPosition(element) & POSITION) === Node.DOCUMENT_POSITION_FOLLOWING
      : (home.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  for (let part: Element | null = home; part && part !== document.body; part = part.parentElement) {
    const all = [...part.querySelectorAll<HTMLElement>(CAN_HAVE_FOCUS)].filter(canHaveFocus)
    const found = all.find(isBehind) ?? all.at(-1)
    if (found) return found
  }
  return null
}

const POSITION = Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY

const canHaveFocus = (element: HTMLElement): boolean =>
  element.tabIndex >= 0 && !element.matches(':disabled') && (element.checkVisibility?.() ?? true)
