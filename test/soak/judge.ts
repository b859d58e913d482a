import { type CacheName, ITEMS, type Kind, ownerOf, OWNERS, type Rows, stayOf, teamOf } from './world.ts'

/** Something that was answered. */
export type Answer = { readonly cache: CacheName; readonly key: number; readonly rows: Rows }

/** What an answer should not have been any more. */
export type Stale = Answer & { readonly asOf: number; readonly why: string }

type Commit = { readonly version: number; readonly at: number }

/** Versions that may exist and are not known of: of commits whose answer was lost, and of those under way. */
const UNKNOWN = 6
/** Commits that are kept of each row; the times that are asked for are young. */
const KEPT = 4_096

/**
 * Judges answers by the commits that have returned. It knows the writers' reports and the two functions by which rows
 * move, and nothing of caches or feeds. Rows have one writer each, so their versions rise with time.
 */
export class Judge {
  readonly #commits = {
    item: Array.from({ length: ITEMS }, (): Commit[] => []),
    owner: Array.from({ length: OWNERS }, (): Commit[] => []),
  }

  /** A version was committed: everybody sees it, or a later one, since `at`. */
  learn(kind: Kind, id: number, version: number, at: number): void {
    const commits = this.#commits[kind][id] as Commit[]
    commits.push({ version, at })
    if (commits.length > 2 * KEPT) commits.splice(0, KEPT)
  }

  /** Says why an answer is older than the database was at `asOf`; `undefined` when it is not. */
  judge(answer: Answer, asOf: number): Stale | undefined {
    const why = this.#findOld(answer, asOf) ?? this.#findMissing(answer, asOf)
    return why === undefined ? undefined : { ...answer, asOf, why }
  }

  #findOld({ rows }: Answer, asOf: number): string | undefined {
    for (const [item = 0, version = 0, owner, stay = 0] of rows) {
      const least = this.#versionAt('item', item, asOf)
      if (version < least) return `item ${item} in version ${version}, ${least} was committed`
      if (owner === undefined) continue
      const leastStay = stayOf(this.#versionAt('owner', owner, asOf))
      if (stay < leastStay) return `owner ${owner} after ${stay} moves, ${leastStay} were committed`
    }
    return undefined
  }

  /** An item that had to be there, in whichever version it was seen. */
  #findMissing({ cache, key, rows }: Answer, asOf: number): string | undefined {
    const listed = new Set(rows.map(([item]) => item))
    const items = cache === 'item' ? [key] : Array.from({ length: ITEMS }, (_, item) => item)
    const missing = items.find((item) => {
      if (listed.has(item)) return false
      if (cache === 'item') return true
      const owner = this.#onlyValue('item', item, asOf, ownerOf)
      if (cache === 'owner') return owner === key
      return owner !== undefined && this.#onlyValue('owner', owner, asOf, teamOf) === key
    })
    return missing === undefined ? undefined : `item ${missing} is missing`
  }

  /** What a function says of a row in every version that could be seen; `undefined` where they differ. */
  #onlyValue(
    kind: Kind,
    id: number,
    asOf: number,
    valueOf: (id: number, version: number) => number,
  ): number | undefined {
    const first = this.#versionAt(kind, id, asOf)
    const last = (this.#commits[kind][id]?.at(-1)?.version ?? 0) + UNKNOWN
    const value = valueOf(id, first)
    for (let version = first + 1; version <= last; version += 1) {
      if (valueOf(id, version) !== value) return undefined
    }
    return value
  }

  #versionAt(kind: Kind, id: number, time: number): number {
    const commits = this.#commits[kind][id] as Commit[]
    let [low, high] = [0, commits.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((commits[middle] as Commit).at <= time) low = middle + 1
      else high = middle
    }
    return commits[low - 1]?.version ?? 0
  }
}
