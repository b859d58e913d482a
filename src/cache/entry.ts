import type { CanonicalParams, EntryId } from './identity.ts'
import type { Group } from './group.ts'

/**
 * An entry of the cache. It exists from the moment its load begins, so that an invalidation reaches a load
 * in flight by the same way as a value that is held.
 */
export type Entry<V> = {
  readonly id: EntryId
  readonly params: CanonicalParams
  /** All entries of the cache; compared by identity with the cache's current group. */
  readonly all: Group
  /** One group for each partial binding that the plan can invalidate by; the same order everywhere. */
  readonly groups: readonly Group[]
  /** An invalidation named just this entry. */
  dead: boolean
  value: V | undefined
  /** Milliseconds of the clock; the value is not served at or after it. */
  expiresAt: number
}

/** Whether no invalidation has covered the entry since its load began. */
export function isCurrent<V>(entry: Entry<V>): boolean {
  if (entry.dead || entry.all.dead) return false
  for (const group of entry.groups) if (group.dead) return false
  return true
}
