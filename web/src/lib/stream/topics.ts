/** Listeners by key: a row hears of its own job only. */
export class Topics<Key> {
  private readonly listeners = new Map<Key, Set<() => void>>()

  subscribe(key: Key, listener: () => void): () => void {
    const held = this.listeners.get(key) ?? new Set()
    this.listeners.set(key, held.add(listener))
    return () => {
      held.delete(listener)
      if (held.size === 0 && this.listeners.get(key) === held) this.listeners.delete(key)
    }
  }

  notify(keys: Iterable<Key>): void {
    for (const key of keys) for (const listener of this.listeners.get(key) ?? []) listener()
  }
}
