import { formatCount } from '../lib/format'
import table from './Table.module.css'

/** A cell with a number. `of` is its column's name: on a phone it stands beside the number. */
export const Count = ({ of, count }: { of: string; count: number }) => (
  <td className={table.number} data-label={of} data-zero={count === 0 || undefined}>
    {formatCount(count)}
  </td>
)
