// Put into each page before its own scripts: notes what the page shows, and when.
;(() => {
  const bench = {
    longTasks: [],
    interactions: new Map(),
    /** [version, ms since 1970] of each version that was painted. */
    versions: [],
    /** [state, ms since 1970] of each state of the connection that was painted. */
    states: [],
    /** ms from the navigation to the first figures of the run on the screen. */
    firstProgress: null,
    frames: 0,
    /** ms since 1970 of each shared worker that was asked for. */
    workers: [],
  }
  window.bench = bench
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) bench.longTasks.push(duration)
  }).observe({ type: 'longtask' })
  new PerformanceObserver((list) => {
    for (const { interactionId: id, duration } of list.getEntries())
      if (id) bench.interactions.set(id, Math.max(duration, bench.interactions.get(id) ?? 0))
  }).observe({ type: 'event', durationThreshold: 16 })

  const { SharedWorker } = window
  window.SharedWorker = class extends SharedWorker {
    constructor(...how) {
      super(...how)
      bench.workers.push(Date.now())
    }
  }

  /** A message that is posted in a frame is read after that frame was painted. */
  const painted = (note) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = note
      port2.postMessage(null)
    })
  let version, state
  const look = () => {
    const now = document.documentElement.dataset.runVersion
    if (now && now !== version) {
      version = now
      painted(() => bench.versions.push([Number(now.split('.')[0]), Date.now()]))
    }
    const shown = document.querySelector('[data-testid="connection-pill"]')?.dataset.state
    if (shown && shown !== state) {
      state = shown
      painted(() => bench.states.push([shown, Date.now()]))
    }
    if (bench.firstProgress === null && document.querySelector('[role="progressbar"][aria-valuenow]')) {
      bench.firstProgress = 0
      painted(() => {
        bench.firstProgress = performance.now()
      })
    }
  }
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ['data-run-version', 'data-state', 'aria-valuenow'],
  })
  bench.countFrames = () => {
    const count = () => {
      bench.frames += 1
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  }
})()
