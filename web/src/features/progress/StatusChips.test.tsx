import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { NO_JOBS } from '../../lib/statuses'
import { StatusChips } from './StatusChips'

const words = () => screen.getAllByRole('button').map((chip) => chip.textContent)
const show = (
  counts: Partial<typeof NO_JOBS>,
  ended: boolean,
  chosen: 'pending' | 'crawling' | null = null,
) =>
  render(<StatusChips counts={{ ...NO_JOBS, ...counts }} ended={ended} chosen={chosen} onChoose={() => {}} />)

it('has a chip for each status while a run goes on', () => {
  show({ pending: 1, crawling: 2 }, false)
  expect(words()).toEqual([
    'All 3',
    'Pending 1',
    'Crawling 2',
    'Ready 0',
    'Unchanged 0',
    'Expired 0',
    'Failed 0',
  ])
})

it('has one for all that a run left open, where it left any', () => {
  show({ pending: 1, crawling: 2 }, true)
  expect(words()[1]).toBe('Left open 3')
  expect(words()).toHaveLength(6)
})

it('has none where nothing was left open, unless the address asks for just that', () => {
  const { unmount } = show({ ready: 3 }, true)
  expect(words()).toEqual(['All 3', 'Ready 3', 'Unchanged 0', 'Expired 0', 'Failed 0'])
  unmount()
  show({ ready: 3 }, true, 'crawling')
  expect(screen.getByRole('button', { name: 'Left open 0' }).getAttribute('aria-pressed')).toBe('true')
})
