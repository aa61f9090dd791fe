import { expect, it } from 'vitest'
import { inPageWords } from './wording'

it('says what the page has for a request, and leaves a request alone that it has nothing for', () => {
  expect(inPageWords('Follow one first (`POST /api/ingestion/settings`).')).toBe(
    'Follow one first (the Configure page).',
  )
  expect(inPageWords('Stop following some (`POST /api/ingestion/settings {"op": "delete"}`).')).toBe(
    'Stop following some (“Delete” on the Configure page).',
  )
  expect(inPageWords('See `GET /api/elsewhere`, or `jobwire worker`.')).toBe(
    'See `GET /api/elsewhere`, or `jobwire worker`.',
  )
})
