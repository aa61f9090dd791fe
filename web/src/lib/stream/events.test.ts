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
    ['companies', '{"acme": {"status": "asleep", "jobs": 1, "reason": null}}'],
    ['companies', '{"acme": {"status": "done", "reason": null}}'],
    ['log', '[{"seq": "1"}]'],
    ['log', '{}'],
    ['beat', '{"version": 1, "jobs": 0}'],
    ['rotate', '{"in_ms": 2000}'],
  ])('refuses %s %s', (event, data) => {
    expect(() => parseStreamEvent(event, data, '')).toThrow(StreamDataError)
  })

  it('reads the extras', () => {
    expect(
      parseStreamEvent('companies', '{"acme": {"status": "error", "jobs": 0, "reason": "HTTP 404"}}', ''),
    ).toEqual({
      kind: 'companies',
      companies: [['acme', { status: 'error', jobs: 0, reason: 'HTTP 404' }]],
      id: '',
    })
    expect(
      parseStreamEvent('beat', '{"at": 1, "version": 4, "jobs": 2, "digest": "0000002a"}', ''),
    ).toMatchObject({ kind: 'beat', beat: { at: 1, version: 4, jobs: 2, digest: '0000002a' } })
    expect(parseStreamEvent('rotate', '{"in_ms": 2000, "reason": "lifetime"}', '')).toEqual({
      kind: 'rotate',
      reason: 'lifetime',
      id: '',
    })
  })

  it('lets an event of a later protocol move the cursor only', () => {
    expect(parseStreamEvent('confetti', 'whatever', '5.1')).toEqual({ kind: 'unknown', id: '5.1' })
  })
})
