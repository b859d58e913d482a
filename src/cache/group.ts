import type { Why } from './why.ts'

/**
 * A set of entries that one invalidation can name: those that share the values of some params. Invalidating
 * the group marks it; whoever belongs to it is wrong from then on. So it costs the same for one entry and for a
 * million, and nothing is ever scanned.
 */
export type Group = {
  /** Set when it was made wrong. */
  dead: Death | undefined
  /** Entries and flights that belong to it. */
  members: number
}

/** What made a group wrong, and when, in the entries' count. */
export type Death = { readonly why: Why; readonly at: number }

/** The groups of an entry, one for each partial set in the order of these: alone, or several. */
export type Membership = Group | readonly Group[]

/** Whether no invalidation has named one of these groups. */
export function isAlive(groups: Membership): boolean {
  if ('dead' in groups) return groups.dead === undefined
  for (const group of groups) if (group.dead !== undefined) return false
  return true
}

/** What made the first of these groups wrong that is. */
export function findDeath(groups: Membership | undefined): Death | undefined {
  return listGroups(groups).find(({ dead }) => dead !== undefined)?.dead
}

export function listGroups(groups: Membership | undefined): readonly Group[] {
  if (groups === undefined) return []
  return 'dead' in groups ? [groups] : groups
}

/** The living groups of one set of params, by the values of these params. */
export class GroupIndex {
  readonly #groups = new Map<string, Group>()

  /** The group of `id`, made if need be; the caller becomes a member. */
  join(id: string): Group {
    let group = this.#groups.get(id)
    if (group === undefined) this.#groups.set(id, (group = { dead: undefined, members: 0 }))
    group.members += 1
    return group
  }

  /** Takes a member out. A group without members leaves the index. */
  leave(id: string, group: Group): void {
    group.members -= 1
    if (group.members === 0 && this.#groups.get(id) === group) this.#groups.delete(id)
  }

  /** Makes the members of the group of `id` wrong; returns how many there were. */
  kill(id: string, death: Death): number {
    const group = this.#groups.get(id)
    if (group === undefined) return 0
    group.dead = death
    this.#groups.delete(id)
    return group.members
  }

  get size(): number {
    return this.#groups.size
  }
}
