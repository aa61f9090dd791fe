import type { KeyboardEvent } from 'react'
import styles from './PhoneTabs.module.css'

export const TABS = ['companies', 'jobs', 'log'] as const
export type Tab = (typeof TABS)[number]

const TITLES: Readonly<Record<Tab, string>> = { companies: 'Companies', jobs: 'Jobs', log: 'Log' }
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }

interface Props {
  chosen: Tab
  onChoose: (tab: Tab) => void
}

/** What of a run is shown where there is room for one thing: the panel `panelId(tab)`. */
export function PhoneTabs({ chosen, onChoose }: Props) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = TABS[(TABS.indexOf(chosen) + step + TABS.length) % TABS.length]
    if (next === undefined) return
    onChoose(next)
    document.getElementById(tabId(next))?.focus()
  }
  return (
    <div role="tablist" aria-label="Parts of the run" className={styles.tabs}>
      {TABS.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={tabId(tab)}
          aria-selected={tab === chosen}
          aria-controls={panelId(tab)}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => onChoose(tab)}
          onKeyDown={onKeyDown}
        >
          {TITLES[tab]}
        </button>
      ))}
    </div>
  )
}

const tabId = (tab: Tab): string => `tab-${tab}`
const panelId = (tab: Tab): string => `panel-${tab}`

/** What makes an element the panel of a tab; nothing where there are no tabs (`chosen` is null). */
export const panelOf = (tab: Tab, chosen: Tab | null) =>
  chosen === null
    ? {}
    : ({
        role: 'tabpanel',
        id: panelId(tab),
        'aria-labelledby': tabId(tab),
        hidden: tab !== chosen,
      } as const)
