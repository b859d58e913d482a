import { createRandom } from '../../../src/testing/random.ts'

/** Choices that are the same for the same seed. */
export type Pick = {
  /** A whole number from 0, `limit` excluded. */
  readonly below: (limit: number) => number
  readonly chance: (share: number) => boolean
  readonly of: <T>(items: readonly T[]) => T
  /** One of the names, in proportion to its weight. */
  readonly weighted: <K extends string>(weights: Readonly<Record<K, number>>) => K
}

export function createPick(seed: number): Pick {
  const random = createRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  return {
    below,
    chance: (share) => random() < share,
    of: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('There is nothing to choose from.')
      return item
    },
    weighted: <K extends string>(weights: Readonly<Record<K, number>>): K => {
      const entries = Object.entries(weights) as [K, number][]
      let rest = random() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [name, weight] of entries) if ((rest -= weight) < 0) return name
      return (entries.at(-1) as [K, number])[0]
    },
  }
}
