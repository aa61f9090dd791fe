import { describe, expect, it } from 'vitest'
import { parseStreamEvent, StreamDataError } from './events'

describe('parseStreamEvent', () => {
  it.each([
    ['status', 'paused'],
    ['all_jobs', '{"acme"'],
    ['all_jobs', '[]'],
    ['all_jobs', '{"acme": {}}'],
    ['all_jobs', '{"acme": [{"external_id": 1, "title": "A", "status": "ready"}]}'],
    ['all_jobs', '{"acme": [{"external_id": "1", "title": "A", "status": "lost"}]}'],
    ['update', '{"acme": {"1": "lost"}}'],
    ['update', '{"acme": null}'],
  ])('refuses %s %s', (event, data) => {
    expect(() => parseStreamEvent(event, data, '')).toThrow(StreamDataError)
  })

  it('lets an event of a later protocol move the cursor only', () => {
    expect(parseStreamEvent('beat', 'whatever', '5.1')).toEqual({ kind: 'unknown', id: '5.1' })
  })
})
