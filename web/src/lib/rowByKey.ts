/** To which row a key leads from one row of `count`; null where it leads nowhere. */
export function rowByKey(key: string, from: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(count - 1, from + 1)
    case 'ArrowUp':
    case 'k':
      return Math.max(0, from - 1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
