import { renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RUN_STATUSES, type RunStatus } from '../../lib/statuses'
import { iconOf, useFavicon } from './useFavicon'

const OWN = 'http://localhost:3000/favicon.svg'
let link: HTMLLinkElement

beforeEach(() => {
  link = document.createElement('link')
  link.rel = 'icon'
  link.href = OWN
  document.head.append(link)
})
afterEach(() => link.remove())

it('says how the run is while its page is shown, and gives the icon back afterwards', () => {
  const { rerender, unmount } = renderHook(({ status }) => useFavicon(status), {
    initialProps: { status: null as RunStatus | null },
  })
  expect(link.href).toBe(OWN)
  for (const status of ['ingesting', 'finished'] as const) {
    rerender({ status })
    expect(link.href).toBe(iconOf(status))
  }
  unmount()
  expect(link.href).toBe(OWN)
})

it('has a shape of its own for each status, whatever the color', () => {
  const shapes = RUN_STATUSES.map((status) => decodeURIComponent(iconOf(status)).match(/ d="([^"]+)"/)?.[1])
  expect(new Set(shapes).size).toBe(RUN_STATUSES.length)
})
