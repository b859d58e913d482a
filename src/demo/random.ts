/** A source of numbers from 0 to 1, 1 excluded, that gives the same ones for the same seed. */
export type Random = () => number

/** Mulberry32, by Tommy Ettinger: 32 bits of state, good enough to shuffle a deck. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from 0 to `count`, `count` excluded. */
export function drawNumber(random: Random, count: number): number {
  return Math.floor(random() * count)
}

/** One of the items; there must be one. */
export function drawItem<T>(random: Random, items: readonly T[]): T {
  return items[drawNumber(random, items.length)] as T
}

/** The items in another order. */
export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const deck = [...items]
  for (let last = deck.length - 1; last > 0; last--) {
    const other = drawNumber(random, last + 1)
    const item = deck[last] as T
    deck[last] = deck[other] as T
    deck[other] = item
  }
  return deck
}
