import { useSyncExternalStore } from 'react'

/** As narrow as in the style sheets. */
const NARROW = '(max-width: 40rem)'

let narrow: MediaQueryList | undefined

/** Asked for at every drawing: one list is kept. */
function query(): MediaQueryList | undefined {
  narrow ??= window.matchMedia?.(NARROW)
  return narrow
}

function subscribe(listener: () => void): () => void {
  query()?.addEventListener('change', listener)
  return () => query()?.removeEventListener('change', listener)
}

/** Whether the window is as narrow as a phone. */
export const usePhone = (): boolean => useSyncExternalStore(subscribe, () => query()?.matches ?? false)
