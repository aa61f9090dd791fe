/** How the server's values are said. */

const NAMES: Readonly<Record<string, string>> = {
  onsite: 'On site',
  hybrid: 'Hybrid',
  remote: 'Remote',
  full_time: 'Full time',
  part_time: 'Part time',
  contract: 'Contract',
  temporary: 'Temporary',
  internship: 'Internship',
  other: 'Other',
  unknown: 'Not said',
}

export const valueName = (value: string): string => NAMES[value] ?? value

/** The day, `days` days before `now`, as the server writes it (UTC). */
export const daysAgo = (now: Date, days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)
