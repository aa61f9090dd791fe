import { useEffect, useRef, useState } from 'react'

const DELAY_MS = 150

/** A text field whose value is told on when nothing was typed for a while; `value` from elsewhere wins over it. */
export function useTyped(
  value: string,
  tell: (value: string) => void,
): readonly [string, (value: string) => void] {
  const [typed, setTyped] = useState(value)
  const told = useRef(value)
  const telling = useRef(tell)
  telling.current = tell

  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setTyped(value)
  }, [value])

  useEffect(() => {
    if (typed === told.current) return
    const timer = setTimeout(() => {
      told.current = typed
      telling.current(typed)
    }, DELAY_MS)
    return () => clearTimeout(timer)
  }, [typed])

  return [typed, setTyped]
}
