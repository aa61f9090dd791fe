import { renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { saveFlag } from '../../lib/preferences'
import type { RunStatus } from '../../lib/statuses'
import { PATIENCE_MS, useEndNotification } from './useEndNotification'

let told: { title: string; tag: string | undefined; body: string | undefined }[]
let visibility: DocumentVisibilityState

beforeEach(() => {
  told = []
  visibility = 'hidden'
  localStorage.clear()
  saveFlag('notify', true)
  vi.useFakeTimers()
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility)
  class HandNotification {
    static permission = 'granted'
    constructor(title: string, { tag, body }: NotificationOptions) {
      told.push({ title, tag, body })
    }
  }
  vi.stubGlobal('Notification', HandNotification)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function watch(...statuses: RunStatus[]): void {
  const { rerender } = renderHook(({ status }) => useEndNotification(17, status, 2), {
    initialProps: { status: statuses[0] ?? null },
  })
  for (const status of statuses) rerender({ status })
}
const later = () => vi.advanceTimersByTime(PATIENCE_MS)

it('tells of the end once the run is over, and says what failed', () => {
  watch('ingesting', 'finished')
  expect(told).toEqual([])
  later()
  expect(told).toEqual([{ title: 'Run 17 has finished', tag: 'jobwire-run-17', body: '2 jobs failed.' }])
})

it('gives nine tabs one tag, so that they show one notification', () => {
  for (let tab = 0; tab < 9; tab += 1) watch('ingesting', 'aborted')
  later()
  expect(new Set(told.map(({ tag }) => tag))).toEqual(new Set(['jobwire-run-17']))
})

it('says nothing where somebody looks at one of the tabs', () => {
  watch('ingesting', 'finished')
  visibility = 'visible'
  watch('ingesting', 'finished')
  later()
  expect(told).toEqual([])
})

it('says nothing of a run that was over before, nor where nobody wishes for it', () => {
  watch('finished')
  saveFlag('notify', false)
  watch('ingesting', 'finished')
  later()
  expect(told).toEqual([])
})
