import type { ParamValue } from '../key/param.ts'
import type { Entry } from './entry.ts'
import { type Death, GroupIndex, listGroups, type Membership } from './group.ts'
import { joinValues, type ParamDeclaration } from './identity.ts'

/** Which entries and flights an invalidation by some params reaches: one index for each partial set. */
export class Memberships {
  readonly #sets: readonly (readonly number[])[]
  #indexes: readonly GroupIndex[] = []

  constructor(params: readonly ParamDeclaration[], partial: readonly (readonly string[])[]) {
    const names = params.map(({ name }) => name)
    this.#sets = partial.map((set) => set.map((name) => names.indexOf(name)))
    this.clear()
  }

  join(values: readonly ParamValue[]): Membership | undefined {
    if (this.#sets.length === 0) return undefined
    const groups = this.#indexes.map((index, number) => index.join(this.#groupId(number, values)))
    return groups.length === 1 ? groups[0] : groups
  }

  leave(entry: Entry<unknown>): void {
    if (entry.groups === undefined) return
    const values = entry.values()
    for (const [number, group] of listGroups(entry.groups).entries()) {
      this.#indexes[number]?.leave(this.#groupId(number, values), group)
    }
  }

  /** Makes the members of one group wrong; `values` in the order of the partial set. */
  kill(number: number, values: readonly ParamValue[], death: Death): number {
    return this.#indexes[number]?.kill(joinValues(values), death) ?? 0
  }

  /** Forgets all groups, for when everything that belongs to one is wrong already. */
  clear(): void {
    this.#indexes = this.#sets.map(() => new GroupIndex())
  }

  /** Living groups of all sets. */
  get size(): number {
    return this.#indexes.reduce((sum, index) => sum + index.size, 0)
  }

  #groupId(number: number, values: readonly ParamValue[]): string {
    const places = this.#sets[number] ?? []
    return joinValues(places.map((place) => values[place] as ParamValue))
  }
}
