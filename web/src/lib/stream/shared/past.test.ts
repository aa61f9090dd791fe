import { describe, expect, it } from 'vitest'
import type { StreamEvent } from '../events'
import { KEPT, Past } from './past'

const update = (id: string, jobs = 1): StreamEvent => ({
  kind: 'update',
  updates: [['acme', Array.from({ length: jobs }, (_, job) => [String(job), 'ready'] as const)]],
  id,
})

describe('the past of a stream', () => {
  it('is what came after a cursor, group by group', () => {
    const past = new Past('4.1')
    const events = [update(''), update('5.1'), update('6.1')]
    for (const event of events) past.add(event)
    expect(past.since('4.1')).toEqual(events)
    expect(past.since('5.1')).toEqual(events.slice(2))
    expect(past.since('6.1')).toEqual([])
    expect(past.since('3.1')).toBeNull()
    const told = past.since('4.1')
    past.add(update('7.1'))
    expect(told).toEqual(events)
  })

  it('begins with the end of a snapshot', () => {
    const past = new Past('')
    past.add({ kind: 'all_jobs', jobs: [], id: '0' })
    past.add({ kind: 'added', jobs: [], id: '' })
    expect(past.since('0')).toBeNull()
    past.add({ kind: 'status', status: 'ingesting', id: '7.1' })
    expect(past.since('7.1')).toEqual([])
    past.add(update('8.1'))
    past.add({ kind: 'all_jobs', jobs: [], id: '9.1' })
    expect([past.since('8.1'), past.since('9.1')]).toEqual([null, []])
  })

  it('has an end, and is never a part of a group', () => {
    const past = new Past('1.1')
    const half = KEPT / 20
    for (let version = 2; version < 100; version += 1) {
      past.add(update('', half))
      past.add(update(`${version}.1`, half))
      expect(past.since(`${version}.1`)).toEqual([])
      const known = past.since(`${Math.max(1, version - 4)}.1`) ?? []
      expect(known).toHaveLength(2 * Math.min(version - 1, 4))
    }
    expect(past.since('80.1')).toBeNull()
  })

  it('keeps nothing of a group that is larger than all that is kept', () => {
    const past = new Past('4.1')
    past.add(update('5.1'))
    const group = [update('', KEPT + 1), update(''), update('6.1')]
    for (const event of group) past.add(event)
    expect(past.since('5.1')).toBeNull()
    expect(past.since('6.1')).toEqual([])
  })
})
