/** What made entries wrong: one object for each rule, so that counting makes no text. */
export type Why = {
  readonly cause:
    /** A change of the database. */
    | 'change'
    /** A call of the application, here or in another process. */
    | 'call'
    /** An emergency clear. */
    | 'clear'
    /** Changes may have been missed. */
    | 'gap'
  /** Of a change: the table, as the rules name it, and what was done to it. */
  readonly table?: string
  readonly operation?: string
  /** Of a change: the keys that it names, such as `report:{user_id}:*`, where `*` is any value. */
  readonly rule?: string
  /** Of a change that was sent as a link: the id of the path over which the keys were found. */
  readonly path?: string
}

export const CALL: Why = { cause: 'call' }
export const CLEAR: Why = { cause: 'clear' }
export const GAP: Why = { cause: 'gap' }

/** How often something was made wrong for one reason. */
export type Wrongs = Why & {
  /** Invalidations: of a key, of what shares some params, or of everything. */
  readonly count: number
  /** Entries that were held and are gone. */
  readonly entries: number
}

/** Counts invalidations by their reason. */
export class Tally {
  readonly #counts = new Map<Why, { count: number; entries: number }>()

  note(why: Why, entries: number): void {
    const counts = this.#counts.get(why)
    if (counts === undefined) this.#counts.set(why, { count: 1, entries })
    else {
      counts.count += 1
      counts.entries += entries
    }
  }

  list(): readonly Wrongs[] {
    return [...this.#counts].map(([why, { count, entries }]) => Object.assign({ count, entries }, why))
  }
}
