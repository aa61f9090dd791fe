import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../../lib/stream/client'
import { RunStore } from '../../lib/stream/store'
import { ConnectionPill } from './ConnectionPill'

const START = 1_700_000_000_000

function show(first: Connection, paused = false) {
  const feed = { store: new RunStore(), paused, setPaused: vi.fn(), hurry: vi.fn() }
  const view = render(<ConnectionPill connection={first} feed={feed} />)
  const become = (connection: Connection) =>
    view.rerender(<ConnectionPill connection={connection} feed={feed} />)
  const pill = () => screen.getByTestId('connection-pill')
  return { feed, become, pill, state: () => pill().dataset.state }
}

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms))

beforeEach(() => {
  vi.useFakeTimers({ now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('ConnectionPill', () => {
  it('says nothing of a line that is back soon', () => {
    const { become, state } = show({ state: 'live' })
    for (let time = 0; time < 3; time += 1) {
      become({ state: 'reconnecting', asOf: Date.now(), retryAt: null })
      expect(state()).toBe('live')
      pass(1700)
      expect(state()).toBe('live')
      become({ state: 'live' })
      pass(60_000)
      expect(state()).toBe('live')
    }
  })

  it('says when it tries again, and does so now when asked to', () => {
    const { feed, become, pill } = show({ state: 'live' })
    become({ state: 'reconnecting', asOf: START, retryAt: START + 6000 })
    pass(2100)
    expect(pill().textContent).toContain('Reconnecting in 4 s')
    pass(1000)
    expect(pill().textContent).toContain('Reconnecting in 3 s')
    fireEvent.click(screen.getByRole('button', { name: 'Reconnect now' }))
    expect(feed.hurry).toHaveBeenCalledTimes(1)
    become({ state: 'reconnecting', asOf: START, retryAt: null })
    expect(pill().textContent).toContain('Reconnecting…')
  })

  it('is offline once what it shows is 25 s old, and says since when', () => {
    const { become, pill, state } = show({ state: 'live' })
    become({ state: 'reconnecting', asOf: START - 10_000, retryAt: null })
    pass(14_000)
    expect(state()).toBe('reconnecting')
    pass(1500)
    expect(state()).toBe('offline')
    expect(pill().textContent).toMatch(/Offline, as of \d\d:\d\d:\d\d/)
  })

  it('is offline at once where the line went silent that long ago', () => {
    const { become, state } = show({ state: 'live' })
    become({ state: 'reconnecting', asOf: START - 24_600, retryAt: null })
    pass(50)
    expect(state()).toBe('offline')
  })

  it('pauses and resumes', () => {
    const { feed } = show({ state: 'live' })
    fireEvent.click(screen.getByRole('button', { name: 'Pause updates' }))
    expect(feed.setPaused).toHaveBeenCalledWith(true)
  })

  it('keeps the focus on its button when that becomes another', () => {
    const { feed, become } = show({ state: 'live' })
    const button = screen.getByRole('button', { name: 'Pause updates' })
    feed.paused = true
    become({ state: 'connecting' })
    expect(screen.getByRole('button', { name: 'Resume updates' })).toBe(button)
    feed.paused = false
    become({ state: 'connecting' })
    expect(screen.getByRole('button', { name: 'Pause updates' })).toBe(button)
  })

  it('is paused whatever the line does, but for the end', () => {
    const { feed, become, pill, state } = show({ state: 'live' }, true)
    expect(pill().textContent).toContain('Paused')
    become({ state: 'reconnecting', asOf: START, retryAt: null })
    pass(60_000)
    expect(state()).toBe('paused')
    fireEvent.click(screen.getByRole('button', { name: 'Resume updates' }))
    expect(feed.setPaused).toHaveBeenCalledWith(false)
    become({ state: 'ended' })
    expect(state()).toBe('ended')
  })
})
