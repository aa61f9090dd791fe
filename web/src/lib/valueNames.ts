/** How the values that the server has for workplaces and employment are said. */

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
