import styles from './Badge.module.css'

/** What a status means for the person, told by shape, word and colour: any one of them is enough. */
export type Tone = 'good' | 'work' | 'gone' | 'bad' | 'idle'
export type Shape = 'check' | 'dot' | 'ring' | 'equal' | 'minus' | 'cross' | 'square'

const paths: Readonly<Record<Shape, string>> = {
  check: 'M3 8.5 6.5 12 13 4.5',
  dot: 'M8 8h.01',
  ring: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Z',
  equal: 'M3 6h10M3 10h10',
  minus: 'M3 8h10',
  cross: 'M4 4l8 8M12 4l-8 8',
  square: 'M4.5 4.5h7v7h-7Z',
}

interface Props {
  tone: Tone
  shape: Shape
  children: string
  large?: boolean
}

export function ShapeIcon({ shape }: { shape: Shape }) {
  return (
    <svg className={styles.icon} viewBox="0 0 16 16" fill="none" aria-hidden="true">
      <path
        d={paths[shape]}
        stroke="currentColor"
        strokeWidth={shape === 'dot' ? 9 : 2}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}

export function Badge({ tone, shape, children, large = false }: Props) {
  return (
    <span className={`${styles.badge} ${styles[tone]} ${large ? styles.large : ''}`}>
      <ShapeIcon shape={shape} />
      {children}
    </span>
  )
}
