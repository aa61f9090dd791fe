import { useEffect, useRef } from 'react'
import { plural } from '../../lib/format'
import { readFlag } from '../../lib/preferences'
import { hasEnded, type RunStatus } from '../../lib/statuses'

/** So long a tab that nobody looks at waits for one that somebody does: that one has shown the end already. */
export const PATIENCE_MS = 1500
const SEEN = 'jobwire.end-seen'

/**
 * Tell of the end of a run that was seen going, where that is wished for and no tab that shows the run is looked at. However
 * many tabs do so, it is one notification: those with the same tag take each other's place without a sound.
 */
export function useEndNotification(runId: number, status: RunStatus | null, failed: number): void {
  const wasGoing = useRef(false)
  const failures = useRef(failed)
  failures.current = failed
  useEffect(() => {
    if (status === null) return
    if (!hasEnded(status)) {
      wasGoing.current = true
      return
    }
    if (!wasGoing.current) return
    wasGoing.current = false
    if (document.visibilityState === 'visible') {
      localStorage.setItem(SEEN, String(runId))
      return
    }
    // Not cleared with the page: a hidden tab goes on to the summary meanwhile.
    setTimeout(() => {
      if (localStorage.getItem(SEEN) !== String(runId)) notify(runId, status, failures.current)
    }, PATIENCE_MS)
  }, [runId, status])
}

const WORDS: Partial<Record<RunStatus, string>> = {
  finished: 'has finished',
  error: 'has failed',
  aborted: 'is aborted',
}

function notify(runId: number, status: RunStatus, failed: number): void {
  if (!('Notification' in window) || Notification.permission !== 'granted' || !readFlag('notify')) return
  try {
    const shown = new Notification(`Run ${runId} ${WORDS[status] ?? 'is over'}`, {
      tag: `jobwire-run-${runId}`,
      body: failed > 0 ? `${plural(failed, 'job')} failed.` : 'Nothing failed.',
      icon: '/favicon.svg',
    })
    shown.onclick = () => {
      window.focus()
      shown.close()
    }
  } catch {
    // Browsers of phones let only service workers do it.
  }
}
