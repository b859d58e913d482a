import type { ParamValue } from '../key/param.ts'
import { type EntryId, entryId } from './identity.ts'
import { isAlive, type Membership } from './group.ts'

/**
 * An entry of the cache. It exists from the moment its load begins, so that an invalidation reaches a load
 * in flight by the same way as a value that is held.
 *
 * Times are whole milliseconds of the cache's own count, so that they are small integers: a number with a
 * fraction would be an object of its own.
 */
export class Entry<V> {
  // What a hit looks at comes first, so that it lies together in memory.
  value: V | undefined = undefined
  /** A read at or after it looks closer: the entry is to be loaded ahead, or its time is over. Never after `until`. */
  due = 0
  /** The groups by which an invalidation can reach the entry. */
  readonly groups: Membership | undefined
  /** Twice how often it was served, and one if that was since room was last looked for here: such an entry is spared once. */
  uses = 0
  /** The value is not served at or after it. */
  until = 0
  /** Its neighbours among the entries that are due at about the same time. */
  older: Entry<V> | undefined = undefined
  newer: Entry<V> | undefined = undefined
  /** Its neighbours in the order of their last use. */
  colder: Entry<V> | undefined = undefined
  warmer: Entry<V> | undefined = undefined
  /** The value of the first param. */
  readonly first: ParamValue
  /** The value of the second param; with more than two, all but the first. */
  readonly rest: ParamValue | readonly ParamValue[] | undefined
  /** The next entry with the same first param, where these are few. */
  peer: Entry<V> | undefined = undefined
  loadedAt = 0
  /** Milliseconds that its load took. */
  took = 0
  size = 0

  constructor(values: readonly ParamValue[], groups: Membership | undefined) {
    this.first = values[0] as ParamValue
    this.rest = values.length <= 2 ? values[1] : values.slice(1)
    this.groups = groups
  }

  /** How often it was served. */
  get reads(): number {
    return this.uses >>> 1
  }

  get wasRead(): boolean {
    return (this.uses & 1) === 1
  }

  forgetRead(): void {
    this.uses &= ~1
  }

  /** What the entry is held by. */
  get id(): EntryId {
    return this.rest === undefined ? (this.first ?? '') : entryId(this.values())
  }

  /** The values of all params in the order of the declaration. */
  values(): readonly ParamValue[] {
    const { first, rest } = this
    if (rest === undefined) return [first]
    return typeof rest === 'object' ? [first, ...rest] : [first, rest]
  }
}

/** Whether an invalidation of a group has covered the entry since its load began. */
export function isCovered<V>({ groups }: Entry<V>): boolean {
  return groups !== undefined && !isAlive(groups)
}
