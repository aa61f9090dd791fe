import { useMutation } from '@tanstack/react-query'
import { Button } from '../../components/Button'
import { type Look, lookAt } from '../../lib/api/look'
import styles from './LineResults.module.css'

interface Props {
  address: string
  disabled: boolean
  onFollow: (source: string) => void
}

/** For an address that is at no careers system: the company's own page may show which one is behind it. */
export function LookAtPage({ address, disabled, onFollow }: Props) {
  const look = useMutation({ mutationFn: () => lookAt(address) })
  if (look.data) return <Sightings look={look.data} disabled={disabled} onFollow={onFollow} />
  return (
    <div className={styles.answers}>
      {look.error && <p>{look.error.message}</p>}
      <Button disabled={look.isPending} onClick={() => look.mutate()}>
        {look.isPending ? 'Reading the page…' : 'Look which system is behind it'}
      </Button>
    </div>
  )
}

function Sightings({ look, disabled, onFollow }: { look: Look } & Omit<Props, 'address'>) {
  if (look.sightings.length === 0) return <p>{look.error_message}</p>
  return (
    <ul className={styles.sightings}>
      {look.sightings.map(({ source, sentence }) => (
        <li key={source}>
          {sentence}
          <Button disabled={disabled} onClick={() => onFollow(source)}>
            Follow {source}
          </Button>
        </li>
      ))}
    </ul>
  )
}
