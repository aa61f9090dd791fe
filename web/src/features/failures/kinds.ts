/** Reasons name the board and the posting that they are about; what they have in common is their kind. */

const BREAKER = /^Not tried: (\d+) postings of .* failed in a row, the last one with: .*$/s
/** Each board is left alone for a time of its own, which is told with the board. */
const LEFT_ALONE = / It has failed \d+ times in a row, and is left alone until [^.]*\.$/
const NOT_ASKED = /^Not asked: .* What it said last: /s
const BOARD = /^[a-z-]+:[^\s,]+(?:, posting [^:]+)?: /
const POSTING = /\bposting \S+ (?=(?:has|is|was|lacks|holds)\b)/g
const NUMBERS = /\b(?:in \d+ s|line \d+|column \d+|char \d+|\d+ bytes)\b/g

const NO_REASON = 'No reason was given.'

const isHost = (text: string): boolean => /^\S+\.\S+ /.test(text)

/** "greenhouse:acme: posting 4711 has no title." is one of "A posting has no title." */
export function kindOf(reason: string | null): string {
  if (!reason) return NO_REASON
  if (NOT_ASKED.test(reason))
    return `Left alone for now. It said last: ${kindOf(reason.replace(NOT_ASKED, ''))}`
  const kind = reason
    .replace(BREAKER, 'Not tried: $1 postings of the company had failed in a row.')
    .replace(LEFT_ALONE, '')
    .replace(BOARD, '')
    .replace(POSTING, 'a posting ')
    .replace(NUMBERS, (text) => text.replace(/\d+/, '…'))
  return isHost(kind) ? kind : kind.charAt(0).toUpperCase() + kind.slice(1)
}
