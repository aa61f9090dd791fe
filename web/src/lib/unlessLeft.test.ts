import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { STAYED_MS, unlessLeft } from './unlessLeft'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const leave = () => window.dispatchEvent(new Event('beforeunload'))

it('gives what comes, whoever leaves', async () => {
  const part = unlessLeft(Promise.resolve('the page'))
  leave()
  expect(await part).toBe('the page')
})

it('tells at once what does not come to somebody who stays', async () => {
  leave()
  await expect(unlessLeft(Promise.reject(new Error('away')))).rejects.toThrow('away')
})

it('keeps what was given up from somebody who leaves, for as long as that may take', async () => {
  const told = vi.fn()
  let fail = (_error: Error) => {}
  unlessLeft(
    new Promise((_resolve, reject) => {
      fail = reject
    }),
  ).catch(told)
  leave()
  fail(new Error('given up'))
  await vi.advanceTimersByTimeAsync(STAYED_MS - 1)
  expect(told).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(told).toHaveBeenCalledOnce()
})
