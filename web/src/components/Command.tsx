import styles from './Command.module.css'

/** A command for a terminal, to copy. It scrolls, by keyboard too, where it is wider than the page. */
export const Command = ({ children }: { children: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
  <pre className={styles.command} tabIndex={0}>
    {children}
  </pre>
)
