/** How numbers and times are written. The app is in English; later more. */

const whole = new Intl.NumberFormat('en')
const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const dateAndTime = new Intl.DateTimeFormat('en', {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
})
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' })

export const formatCount = (count: number): string => whole.format(count)

/** "1 job", "2 jobs"; `many` where an s does not do. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** "8 s", "3 min 05 s", "2 h 07 min", "3 d 4 h" */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${two(minutes % 60)} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** "0.4 s", and from ten seconds on as durations are: of a run's companies, most take less than a second. */
export const formatSpan = (ms: number): string =>
  ms < 9_950 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s` : formatDuration(Math.max(10_000, ms))

/** "138/s", "0.4/s" */
export const formatRate = (perSecond: number): string =>
  perSecond >= 10 || perSecond === 0 ? `${formatCount(Math.round(perSecond))}/s` : `${perSecond.toFixed(1)}/s`

/** Whole percent, never 100 before everything is done. */
export const percentOf = (done: number, total: number): number =>
  total === 0 ? 0 : Math.min(100, Math.floor((done / total) * 100))

export const formatClock = (iso: string): string => formatWith(clock, iso)
/** The time of day of so many ms since 1970. */
export const formatTime = (ms: number): string => clock.format(ms)
export const formatDateTime = (iso: string): string => formatWith(dateAndTime, iso)
/** A day, as boards state it and as days are counted: "2026-11-25", in no time zone. */
export const formatDay = (iso: string): string => formatWith(day, iso)

/** Whether a time is ahead of this machine's clock. */
export const isYetToCome = (iso: string): boolean => Date.parse(iso) > Date.now()

const formatWith = (format: Intl.DateTimeFormat, iso: string): string => {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : format.format(at)
}

/** As a sentence, or a heading, begins. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A title filter's term. One that is in quotes already, or a regular expression, stands for itself. */
export const quotedTerm = (term: string): string => (/^(".+"|\/.+\/)$/.test(term) ? term : `“${term}”`)

const UNSEEN = /^[\s\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** A posting's title, also where its board gives it none, or nothing that shows: such a link could not be seen. */
export const titleOf = (title: string): string => (UNSEEN.test(title) ? '(no title)' : title)

/** The address if it is one that a link may lead to (http or https), else null. */
export function safeUrl(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null
  const { protocol, href } = new URL(url)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}
