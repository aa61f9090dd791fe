import { Link } from '@tanstack/react-router'
import styles from './Navigation.module.css'

const PAGES = [
  { to: '/runs', label: 'Runs', icon: 'M3 12h4l3-8 4 16 3-8h4' },
  {
    to: '/jobs',
    label: 'Jobs',
    icon: 'M4 8h16v12H4zM9 8V5h6v3M4 13h16',
  },
  {
    to: '/companies',
    label: 'Companies',
    icon: 'M4 21V5l8-2v18M12 9l8 2v10M2 21h20M8 8v.01M8 12v.01M8 16v.01M16 14v.01M16 17v.01',
  },
  { to: '/settings', label: 'Settings', icon: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4' },
] as const

/** The way to the pages: a rail beside them, on a phone a bar below. */
export const Navigation = () => (
  <nav className={styles.nav} aria-label="Pages">
    {PAGES.map(({ to, label, icon }) => (
      <Link key={to} to={to} activeOptions={{ includeSearch: false }} className={styles.link}>
        <svg className={styles.icon} viewBox="0 0 24 24" aria-hidden="true">
          <path d={icon} />
        </svg>
        {label}
      </Link>
    ))}
  </nav>
)
