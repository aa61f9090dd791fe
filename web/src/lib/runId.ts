/** The run that an address names; null when that is no run's number. */
export function parseRunId(text: string): number | null {
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : null
}
