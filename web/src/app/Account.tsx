import { SignOutButton } from '../features/settings/SignOutButton'
import { ThemeSelect } from '../features/settings/ThemeSelect'
import styles from './Shell.module.css'

export function Account({ email }: { email: string }) {
  return (
    <div className={styles.account}>
      <ThemeSelect />
      <span className={styles.email} title={email}>
        {email}
      </span>
      <SignOutButton />
    </div>
  )
}
