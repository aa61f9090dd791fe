import { useEffect, useState } from 'react'
import { everySecond } from './clock'

/** The time in ms since the epoch, renewed every second while `ticking`. */
export function useNow(ticking: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!ticking) return
    return everySecond(() => setNow(Date.now()))
  }, [ticking])
  return now
}
