import type { ReactNode } from 'react'
import { type Shape, ShapeIcon } from '../../components/Badge'
import { Button } from '../../components/Button'
import styles from './LineResults.module.css'
import { LookAtPage } from './LookAtPage'
import { addressIn, type LineResult } from './lines'

interface Props {
  results: readonly LineResult[]
  disabled: boolean
  onMove: (result: LineResult) => void
  onApart: (result: LineResult) => void
  onLeave: (result: LineResult) => void
  /** A refused address was looked at, and shows this board. */
  onFollow: (result: LineResult, source: string) => void
}

const MOST_GOOD = 20

/** What each line was taken for, what is wrong with it, or what has to be asked first. Of many good ones not all. */
export function LineResults({ results, ...answers }: Props) {
  if (results.length === 0) return null
  const good = results.filter(({ error }) => error === null)
  const leftOut = new Set(good.slice(MOST_GOOD))
  return (
    <ul className={styles.results} aria-label="What your lines were taken for" aria-live="polite">
      {results.map(
        (result) => leftOut.has(result) || <Line key={result.text} result={result} {...answers} />,
      )}
      {leftOut.size > 0 && <li className={styles.result}>{leftOut.size} more are followed, too.</li>}
    </ul>
  )
}

function Line({ result, ...answers }: Omit<Props, 'results'> & { result: LineResult }) {
  if (result.knownSource !== null)
    return (
      <Row look="asks" shape="ring" text={result.text}>
        <Question result={result} {...answers} />
      </Row>
    )
  if (result.error !== null) {
    const address = addressIn(result.text)
    return (
      <Row look="bad" shape="cross" text={result.text}>
        {result.error}
        {address !== null && (
          <LookAtPage
            address={address}
            disabled={answers.disabled}
            onFollow={(source) => answers.onFollow(result, source)}
          />
        )}
      </Row>
    )
  }
  return (
    <Row look="good" shape="check" text={result.text}>
      is followed as <strong>{result.company}</strong>
      {result.source && (
        <>
          , at <code>{result.source}</code>
        </>
      )}
    </Row>
  )
}

interface RowProps {
  look: 'good' | 'bad' | 'asks'
  shape: Shape
  text: string
  children: ReactNode
}

const Row = ({ look, shape, text, children }: RowProps) => (
  <li data-look={look} data-error={look === 'bad' || undefined} className={styles.result}>
    <ShapeIcon shape={shape} />
    <div>
      <code>{text}</code>
      {look === 'good' ? ' ' : ': '}
      {children}
    </div>
  </li>
)

function Question({
  result,
  disabled,
  onMove,
  onApart,
  onLeave,
}: Omit<Props, 'results' | 'onFollow'> & { result: LineResult }) {
  return (
    <>
      you follow <strong>{result.company}</strong> already, at <code>{result.knownSource}</code>. Has it moved
      to <code>{result.source}</code>, or is that another company?
      <div className={styles.answers}>
        <Button disabled={disabled} onClick={() => onMove(result)}>
          Move {result.company} there
        </Button>
        <Button disabled={disabled} onClick={() => onApart(result)}>
          Follow both
        </Button>
        <Button look="quiet" disabled={disabled} onClick={() => onLeave(result)}>
          Leave it as it is
        </Button>
      </div>
    </>
  )
}
