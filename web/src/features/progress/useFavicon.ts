import { useEffect } from 'react'
import type { RunStatus } from '../../lib/statuses'

/** A tab is told from others by its icon's shape; colour alone would not do. */
const SHAPES: Readonly<Record<RunStatus, { readonly color: string; readonly path: string }>> = {
  pending: { color: '#8a8f98', path: 'M16 7a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z' },
  initializing: { color: '#2f6fed', path: 'M16 7a9 9 0 0 1 9 9' },
  ingesting: { color: '#2f6fed', path: 'M16 7a9 9 0 1 1-9 9' },
  finished: { color: '#1a7f45', path: 'M7 17l6 6L25 9' },
  error: { color: '#c62f3b', path: 'M8 8l16 16M24 8L8 24' },
  aborted: { color: '#9a6a00', path: 'M9 9h14v14H9Z' },
}

export function iconOf(status: RunStatus): string {
  const { color, path } = SHAPES[status]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="${path}" fill="none" stroke="${color}" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** While the page of a run is shown, the tab's icon says how the run is. */
export function useFavicon(status: RunStatus | null): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (!link || status === null) return
    const own = link.href
    link.href = iconOf(status)
    return () => {
      link.href = own
    }
  }, [status])
}
