import { type ReactNode, useState } from 'react'
import { SearchField } from './SearchField'

const SEARCH_FROM = 8

interface Named {
  readonly company_name: string
  readonly source: string
}

interface CompanySearch<Company> {
  readonly shown: readonly Company[]
  /** Nothing where there are few companies. */
  readonly field: ReactNode
  /** What to say where none is shown. */
  readonly none: string
}

/** Finds companies by what they are called, and where their boards are. */
export function useCompanySearch<Company extends Named>(
  companies: readonly Company[],
): CompanySearch<Company> {
  const [search, setSearch] = useState('')
  const needle = search.trim().toLowerCase()
  return {
    shown: companies.filter(
      ({ company_name: name, source }) =>
        name.toLowerCase().includes(needle) || source.toLowerCase().includes(needle),
    ),
    field: companies.length >= SEARCH_FROM && (
      <SearchField label="Find a company" value={search} onChange={setSearch} />
    ),
    none: `No company matches “${search}”.`,
  }
}
