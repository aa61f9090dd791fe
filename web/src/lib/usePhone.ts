import { useSyncExternalStore } from 'react'

/** As narrow as in the style sheets. */
const NARROW = '(max-width: 40rem)'

const query = () => window.matchMedia?.(NARROW)

function subscribe(listener: () => void): () => void {
  const narrow = query()
  narrow?.addEventListener('change', listener)
  return () => narrow?.removeEventListener('change', listener)
}

/** Whether the window is as narrow as a phone. */
export const usePhone = (): boolean => useSyncExternalStore(subscribe, () => query()?.matches ?? false)
