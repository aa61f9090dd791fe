import { cleanup, configure } from '@testing-library/react'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { server } from './server'

// jsdom lacks what only a browser with a screen can do.
if (typeof HTMLDialogElement !== 'undefined') {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true
  }
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false
  }
  window.scrollTo = () => undefined
  Element.prototype.scrollIntoView ??= () => undefined
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  }
  // Everything is in sight.
  window.IntersectionObserver ??= class {
    root = null
    rootMargin = ''
    scrollMargin = ''
    thresholds = []
    hear: IntersectionObserverCallback
    constructor(hear: IntersectionObserverCallback) {
      this.hear = hear
    }
    observe(target: Element) {
      const rect = target.getBoundingClientRect()
      const entry = { target, isIntersecting: true, intersectionRatio: 1, time: 0, rootBounds: null }
      this.hear([{ ...entry, boundingClientRect: rect, intersectionRect: rect }], this)
    }
    unobserve() {}
    disconnect() {}
    takeRecords() {
      return []
    }
  }
}

configure({ asyncUtilTimeout: 60_000 })

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => {
  if (typeof document !== 'undefined') cleanup()
  server.resetHandlers()
})
afterAll(() => server.close())
