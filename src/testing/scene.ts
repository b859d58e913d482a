import type { Key } from './adapter.ts'

/** What the simulation plays with: at most four keys, in two groups. Times are milliseconds. */
export const KEYS: readonly Key[] = [
  { group: 'a', item: '1' },
  { group: 'a', item: '2' },
  { group: 'b', item: '1' },
  { group: 'b', item: '2' },
]
export const TTL = 100
/** Shorter than what is held lives, so that trust ends first where nothing proves life. */
export const SILENCE = 60
/** Longer than anything lives, also in place of a failing load. */
export const LONG = 1_000

export function show({ group, item }: Key): string {
  return `${group}${item}`
}
