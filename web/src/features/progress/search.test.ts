import { expect, it } from 'vitest'
import { isFiltered, parseProgressSearch } from './search'

it('reads what an address may hold, and nothing else', () => {
  expect(parseProgressSearch({ status: 'ready', company: 3, q: 'go', stay: true, more: 1 })).toEqual({
    status: 'ready',
    company: '3',
    q: 'go',
    stay: true,
  })
  expect(parseProgressSearch({ status: 'nonsense', company: null, q: '', stay: 'yes' })).toEqual({})
})

it('knows a filter from the wish to stay', () => {
  expect(isFiltered({ stay: true })).toBe(false)
  expect(isFiltered({ company: 'acme' })).toBe(true)
})
