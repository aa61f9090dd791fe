import { useState } from 'react'
import { getLogs, type LogLine } from '../../lib/api/logs'
import { fileLine } from './logFilter'

export interface LogFile {
  save(): void
  readonly busy: boolean
  /** Why it could not be fetched. */
  readonly problem: string | null
}

/** The whole log of a run as a file: the page itself holds only its newest lines. */
export function useLogFile(runId: number): LogFile {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const save = () => {
    setBusy(true)
    setProblem(null)
    allLines(runId)
      .then((lines) => offer(`jobwire-run-${runId}.log`, lines))
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setBusy(false))
  }
  return { save, busy, problem }
}

async function allLines(runId: number): Promise<LogLine[]> {
  const lines: LogLine[] = []
  let more = true
  while (more) {
    const page = await getLogs(runId, lines.at(-1)?.seq ?? 0)
    lines.push(...page.logs)
    more = page.more && page.logs.length > 0
  }
  return lines
}

function offer(name: string, lines: readonly LogLine[]): void {
  const text = lines.map((line) => `${fileLine(line)}\n`).join('')
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
