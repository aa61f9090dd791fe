/** What a person has chosen for this browser. Kept here and nowhere else. */

const FLAGS = { shortcuts: 'jobwire.shortcuts', notify: 'jobwire.notify' } as const
export type Flag = keyof typeof FLAGS

const DEFAULTS: Readonly<Record<Flag, boolean>> = { shortcuts: true, notify: false }

export function readFlag(flag: Flag): boolean {
  const kept = localStorage.getItem(FLAGS[flag])
  return kept === null ? DEFAULTS[flag] : kept === 'on'
}

export const saveFlag = (flag: Flag, on: boolean): void =>
  localStorage.setItem(FLAGS[flag], on ? 'on' : 'off')
