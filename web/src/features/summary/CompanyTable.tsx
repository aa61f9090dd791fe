import { Link } from '@tanstack/react-router'
import { Count } from '../../components/Count'
import { Panel } from '../../components/Page'
import { CompanyBadge } from '../../components/StatusBadges'
import table from '../../components/Table.module.css'
import { type ListedCompany, OUTCOMES, outcomesOf } from '../../lib/api/runs'
import { sentence } from '../../lib/format'
import { openOf } from '../../lib/statuses'

/** Failed boards first, then those with failed jobs, then by name. */
const order = (a: ListedCompany, b: ListedCompany): number =>
  Number(b.status === 'error') - Number(a.status === 'error') ||
  Number(b.counts.error > 0) - Number(a.counts.error > 0) ||
  a.company_name.localeCompare(b.company_name)

export function CompanyTable({ runId, companies }: { runId: number; companies: readonly ListedCompany[] }) {
  const anyLeft = companies.some(({ counts }) => openOf(counts) > 0)
  return (
    <Panel title="By company">
      <section className={table.scroll} aria-label="Figures of each company" tabIndex={0}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Company</th>
              <th scope="col">Result</th>
              {OUTCOMES.map((outcome) => (
                <th key={outcome} scope="col" data-number>
                  {sentence(outcome)}
                </th>
              ))}
              {anyLeft && (
                <th scope="col" data-number>
                  Left open
                </th>
              )}
              <th scope="col" data-number>
                All
              </th>
            </tr>
          </thead>
          <tbody>
            {[...companies].sort(order).map((company) => (
              <Row key={company.company_name} runId={runId} company={company} anyLeft={anyLeft} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}

interface RowProps {
  runId: number
  company: ListedCompany
  /** Of any company: its column is there. */
  anyLeft: boolean
}

function Row({ runId, company, anyLeft }: RowProps) {
  const { company_name: name, source, status, total_jobs: total } = company
  const outcomes = outcomesOf(company)
  return (
    <tr data-company={name}>
      <th scope="row">
        <Link to="/runs/$runId" params={{ runId: String(runId) }} search={{ company: name, stay: true }}>
          {name}
        </Link>
        <code className={table.sub}>{source}</code>
      </th>
      <td>
        <CompanyBadge status={status} ended />
      </td>
      {OUTCOMES.map((outcome) => (
        <Count key={outcome} of={sentence(outcome)} count={outcomes[outcome]} />
      ))}
      {anyLeft && <Count of="Left open" count={openOf(company.counts)} />}
      <Count of="All" count={total} />
    </tr>
  )
}
