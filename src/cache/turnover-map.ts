/**
 * A map from which whatever is added is soon deleted. A map of the engine moves to a new table every few changes, the old
 * one points to the new, and once one of them has grown old, so do all that follow, with everything that ever was in them,
 * until all memory is collected. So it is made anew before many could follow each other.
 */
export class TurnoverMap<K, V> {
  #map = new Map<K, V>()
  /** Additions until it is made anew. */
  #left = FEW

  get size(): number {
    return this.#map.size
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  has(key: K): boolean {
    return this.#map.has(key)
  }

  set(key: K, value: V): void {
    if (--this.#left < 0) {
      this.#map = new Map(this.#map)
      this.#left = FEW + this.#map.size
    }
    this.#map.set(key, value)
  }

  delete(key: K): boolean {
    return this.#map.delete(key)
  }

  values(): IterableIterator<V> {
    return this.#map.values()
  }
}

const FEW = 32
