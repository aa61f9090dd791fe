import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Button } from '../components/Button'
import { Dialog } from '../components/Dialog'
import { listenForShortcuts, type Shortcut, useShortcut, useShortcutList } from '../lib/shortcuts'
import styles from './Shortcuts.module.css'

/** The shortcuts that are good on every page, and the list of all that are good on this one. */
export function Shortcuts() {
  const [open, setOpen] = useState(false)
  const navigate = useNavigate()
  useEffect(listenForShortcuts, [])
  useShortcut('?', 'List these shortcuts', () => setOpen(true))
  useShortcut('g r', 'Go to the runs', () => void navigate({ to: '/runs' }))
  useShortcut('g j', 'Go to the jobs', () => void navigate({ to: '/jobs', search: {} }))
  useShortcut('g c', 'Go to the companies', () => void navigate({ to: '/companies' }))
  useShortcut('g s', 'Go to the settings', () => void navigate({ to: '/settings' }))
  useShortcut('g n', 'Configure a new run', () => void navigate({ to: '/configure' }))
  return open ? <ShortcutList onClose={() => setOpen(false)} /> : null
}

/** What the browser, and a list that has the focus, do by themselves. */
const ALWAYS: readonly Shortcut[] = [
  { keys: 'Enter', what: 'Open what has the focus' },
  { keys: 'Esc', what: 'Close what was opened' },
]

function ShortcutList({ onClose }: { onClose: () => void }) {
  const shortcuts = useShortcutList()
  return (
    <Dialog label="Keyboard shortcuts" onClose={onClose}>
      <h2>Keyboard shortcuts</h2>
      <dl className={styles.list}>
        {[...shortcuts, ...ALWAYS].map(({ keys, what }) => (
          <div key={keys} className={styles.entry}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.hint}>They can be switched off in the settings.</p>
      <Button onClick={onClose}>Close</Button>
    </Dialog>
  )
}
