import type { Verdict } from '../../lib/api/titles'

/** A title with the term that decided about it marked. The server counts in code points, JavaScript does not. */
export function Marked({ title, verdict }: { title: string; verdict: Verdict | undefined }) {
  if (!verdict || verdict.start === null || verdict.end === null) return <>{title}</>
  const points = Array.from(title)
  return (
    <>
      {points.slice(0, verdict.start).join('')}
      <mark>{points.slice(verdict.start, verdict.end).join('')}</mark>
      {points.slice(verdict.end).join('')}
    </>
  )
}
