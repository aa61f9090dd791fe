/** Keys that do something on the page that is shown. Whatever registers one is listed under `?`. */

import { useEffect, useRef, useSyncExternalStore } from 'react'
import { readFlag } from './preferences'

export interface Shortcut {
  /** A key as `KeyboardEvent.key` names it, or two of them after each other: "g r". */
  readonly keys: string
  /** What it does, for the list. */
  readonly what: string
}

interface Registered extends Shortcut {
  readonly run: () => void
}

const TWO_KEYS_WITHIN_MS = 1500

let registered: readonly Registered[] = []
let first: { key: string; at: number } | null = null
const listeners = new Set<() => void>()

function set(next: readonly Registered[]): void {
  registered = next
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** All that are in force now, in the order in which they came. */
export const useShortcutList = (): readonly Shortcut[] => useSyncExternalStore(subscribe, () => registered)

/** Put a shortcut in force for as long as the component is mounted. */
export function useShortcut(keys: string, what: string, run: () => void): void {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    const mine: Registered = { keys, what, run: () => latest.current() }
    set([...registered, mine])
    return () => set(registered.filter((one) => one !== mine))
  }, [keys, what])
}

/** Listen on the document; returns how to stop. */
export function listenForShortcuts(): () => void {
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !readFlag('shortcuts'))
    return
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return
  const both = first && event.timeStamp - first.at < TWO_KEYS_WITHIN_MS ? `${first.key} ${event.key}` : null
  const found =
    registered.findLast(({ keys }) => keys === both) ?? registered.findLast(({ keys }) => keys === event.key)
  first = found ? null : { key: event.key, at: event.timeStamp }
  if (!found) return
  event.preventDefault()
  found.run()
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button])'))
