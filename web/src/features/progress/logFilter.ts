/** Which lines of the log are shown. */

import type { LogLine } from '../../lib/api/logs'
import { formatClock } from '../../lib/format'
import { inPageWords } from '../../lib/wording'

export interface LogFilter {
  readonly level: 'info' | 'warning' | 'error'
  /** "" for all. */
  readonly company: string
  readonly text: string
}

export const EVERY_LINE: LogFilter = { level: 'info', company: '', text: '' }

const RANK: Readonly<Record<LogLine['level'], number>> = { info: 0, warning: 1, error: 2 }

/** `level` and worse, of one company, with the text in what is shown of it. */
export function filterLines(lines: readonly LogLine[], filter: LogFilter): readonly LogLine[] {
  const { level, company, text } = filter
  if (level === 'info' && company === '' && text === '') return lines
  const sought = text.toLowerCase()
  return lines.filter(
    (line) =>
      RANK[line.level] >= RANK[level] &&
      (company === '' || line.company === company) &&
      textOf(line).toLowerCase().includes(sought),
  )
}

export const textOf = (line: LogLine): string =>
  [formatClock(line.at), line.level !== 'info' && line.level, line.company, inPageWords(line.message)]
    .filter(Boolean)
    .join('  ')

/** For a file: the whole time, a line a line. */
export const fileLine = ({ at, level, company, external_id: id, message }: LogLine): string =>
  [at, level, company ?? '-', id ?? '-', message.replaceAll(/\s+/g, ' ')].join('\t')
