import type { Key, Version } from './adapter.ts'

/** A commit that has happened and of which the cache has not been told. */
export type PendingChange = {
  readonly keys: readonly Key[]
  /** Set when the change names a whole group. */
  readonly group: string | undefined
  readonly versions: readonly Version[]
}

/** One call of the loader; it reads the database at `see` and gives what it saw at `end`. */
export class LoadCall {
  readonly number: number
  readonly key: Key
  snapshot: Version | undefined
  readonly promise: Promise<Version>
  readonly #database: Database
  #resolve!: (version: Version) => void
  #reject!: (error: Error) => void

  constructor(number: number, key: Key, database: Database) {
    this.number = number
    this.key = key
    this.#database = database
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  see(): void {
    this.snapshot ??= this.#database.version(this.key)
  }

  end(): void {
    if (this.snapshot === undefined) return
    this.#database.finish(this, this.snapshot)
    this.#resolve(this.snapshot)
  }

  fail(): void {
    this.#database.forget(this)
    this.#reject(this.#database.createFailure())
  }
}

/** Versions of keys, an ordered feed that tells of writes later, and a slow loader. */
export class Database {
  readonly loads: LoadCall[] = []
  readonly feed: PendingChange[] = []
  readonly #versions = new Map<string, Version>()
  readonly #applied = new Map<string, Version>()
  readonly #errors = new WeakSet<Error>()
  readonly #ends = new Map<string, { readonly number: number; readonly at: number }>()
  readonly #now: () => number
  #begun = 0
  #ended = 0
  #failures = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** How many loads have ended with a value. */
  get ended(): number {
    return this.#ended
  }

  /** Loads that have failed. */
  get failures(): number {
    return this.#failures
  }

  load(key: Key): Promise<Version> {
    this.#begun += 1
    const call = new LoadCall(this.#begun, key, this)
    this.loads.push(call)
    return call.promise
  }

  forget(call: LoadCall): void {
    const place = this.loads.indexOf(call)
    if (place >= 0) this.loads.splice(place, 1)
  }

  finish(call: LoadCall, version: Version): void {
    this.forget(call)
    this.#ended += 1
    this.#ends.set(`${id(call.key)}\0${version}`, { number: this.#ended, at: this.#now() })
  }

  /** The last load that gave this version: its number among all that ended, and when it ended. */
  lastEnd(key: Key, version: Version): { readonly number: number; readonly at: number } | undefined {
    return this.#ends.get(`${id(key)}\0${version}`)
  }

  createFailure(): Error {
    this.#failures += 1
    const error = new Error('the load failed')
    this.#errors.add(error)
    return error
  }

  isFailure(error: unknown): boolean {
    return error instanceof Error && (this.#errors.has(error) || this.isFailure(error.cause))
  }

  version(key: Key): Version {
    return this.#versions.get(id(key)) ?? 0
  }

  /** The newest version of which the cache has been told. */
  applied(key: Key): Version {
    return this.#applied.get(id(key)) ?? 0
  }

  write(keys: readonly Key[], group?: string): void {
    for (const key of keys) this.#versions.set(id(key), this.version(key) + 1)
    this.feed.push({ keys, group, versions: keys.map((key) => this.version(key)) })
  }

  /** The cache has been told of the oldest change. */
  apply(): void {
    const change = this.feed.shift()
    for (const [place, key] of (change?.keys ?? []).entries()) {
      this.#applied.set(id(key), Math.max(this.applied(key), change?.versions[place] ?? 0))
    }
  }

  /** Everything is known to be wrong; what the feed still brings comes besides. */
  applyAll(): void {
    for (const [key, version] of this.#versions) this.#applied.set(key, version)
  }
}

function id({ group, item }: Key): string {
  return `${group}\0${item}`
}
