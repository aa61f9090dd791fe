import { Panel } from '../../components/Page'
import table from '../../components/Table.module.css'
import type { ListedCompany, Run } from '../../lib/api/runs'
import { formatDuration, formatSpan } from '../../lib/format'
import styles from './Summary.module.css'
import { slowest } from './spans'

const MOST = 10

/** Where the time of a run went: when each of its slowest companies was worked on, as a chart and in numbers. */
export function Slowest({ run, companies }: { run: Run; companies: readonly ListedCompany[] }) {
  const spans = slowest(run, companies, MOST)
  if (spans.length === 0) return null
  const end = Math.max(1, ...spans.map(({ to }) => to))
  return (
    <Panel title={companies.length > MOST ? 'The slowest ten' : 'Where the time went'}>
      <section className={table.scroll} aria-label="The slowest companies" tabIndex={0}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Company</th>
              <th scope="col" data-number>
                Took
              </th>
              <th scope="col" data-number>
                Began after
              </th>
              <th scope="col" className={styles.timeline}>
                0 to {formatDuration(end)}
              </th>
            </tr>
          </thead>
          <tbody>
            {spans.map(({ company, from, to }) => (
              <tr key={company}>
                <th scope="row">{company}</th>
                <td className={table.number} data-label="Took">
                  {formatSpan(to - from)}
                </td>
                <td className={table.number} data-label="Began after">
                  {formatSpan(from)}
                </td>
                <td className={styles.timeline} data-wide>
                  <span
                    aria-hidden="true"
                    style={{
                      marginInlineStart: `${(from / end) * 100}%`,
                      width: `${Math.max(0.5, ((to - from) / end) * 100)}%`,
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}
