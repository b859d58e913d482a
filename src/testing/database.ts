import type { Key, Version } from './adapter.ts'

/** A commit that has happened and of which the cache has not been told. */
export type PendingChange = {
  readonly keys: readonly Key[]
  /** Set when the change names a whole group. */
  readonly group: string | undefined
  readonly versions: readonly Version[]
  readonly at: number
}

/** The last load that gave a version. */
export type End = {
  /** Its number among all that ended. */
  readonly number: number
  readonly at: number
  /** It, or one before it, ended while its value could be kept. */
  readonly kept: boolean
}

/** One call of the loader for one key or several; it reads the database at `see`, once for all, and gives what it saw at `end`. */
export class LoadCall {
  readonly number: number
  readonly keys: readonly Key[]
  /** When it began, and whether the cache was trusted then. */
  readonly at: number
  readonly trusted: boolean
  snapshot: readonly Version[] | undefined
  /** It was too old to be waited for, and another one has begun in its place. */
  isLeft = false
  readonly promise: Promise<readonly (Version | Error)[]>
  readonly #database: Database
  #resolve!: (versions: readonly (Version | Error)[]) => void
  #reject!: (error: Error) => void

  constructor(number: number, keys: readonly Key[], database: Database) {
    this.number = number
    this.keys = keys
    this.#database = database
    this.at = database.now()
    this.trusted = database.isTrusted()
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  see(): void {
    this.snapshot ??= this.keys.map((key) => this.#database.version(key))
  }

  /** @param failed the place of a key whose value is an error */
  end(failed?: number): void {
    if (this.snapshot === undefined) return
    const versions = this.snapshot.map((version, place) =>
      place === failed ? this.#database.createFailure() : version,
    )
    this.#database.finish(this, versions)
    this.#resolve(versions)
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
  readonly now: () => number
  /** Whether the cache is trusted, so that it keeps what is loaded. */
  readonly isTrusted: () => boolean
  /** When each version of a key was written, the first one first. */
  readonly #writes = new Map<string, number[]>()
  readonly #applied = new Map<string, Version>()
  /** How many loads had begun when the key was last made wrong. */
  readonly #covered = new Map<string, number>()
  readonly #errors = new WeakSet<Error>()
  readonly #ends = new Map<string, End>()
  #begun = 0
  #ended = 0
  #failures = 0

  constructor(now: () => number, isTrusted: () => boolean) {
    this.now = now
    this.isTrusted = isTrusted
  }

  /** How many loads have ended with a value. */
  get ended(): number {
    return this.#ended
  }

  /** Loads that have failed. */
  get failures(): number {
    return this.#failures
  }

  async load(key: Key): Promise<Version> {
    const [version] = await this.loadMany([key])
    if (typeof version !== 'number') throw version as Error
    return version
  }

  async loadMany(keys: readonly Key[]): Promise<readonly (Version | Error)[]> {
    this.#begun += 1
    const call = new LoadCall(this.#begun, keys, this)
    this.loads.push(call)
    return await call.promise
  }

  forget(call: LoadCall): void {
    const place = this.loads.indexOf(call)
    if (place >= 0) this.loads.splice(place, 1)
  }

  finish(call: LoadCall, versions: readonly (Version | Error)[]): void {
    this.forget(call)
    for (const [place, key] of call.keys.entries()) {
      const version = versions[place]
      if (typeof version !== 'number') continue
      this.#ended += 1
      const kept = this.isTrusted() || this.lastEnd(key, version)?.kept === true
      this.#ends.set(`${id(key)}\0${version}`, { number: this.#ended, at: this.now(), kept })
    }
  }

  /** The last load that gave this version. */
  lastEnd(key: Key, version: Version): End | undefined {
    return this.#ends.get(`${id(key)}\0${version}`)
  }

  /** Loads under way of a key that nothing has made wrong since they began, the oldest first. */
  current(key: Key): readonly LoadCall[] {
    const covered = this.#covered.get(id(key)) ?? 0
    return this.loads.filter(
      ({ number, keys, isLeft }) => !isLeft && number > covered && keys.some((each) => id(each) === id(key)),
    )
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
    return this.#writes.get(id(key))?.length ?? 0
  }

  /** When a later version was written; `undefined` if it is the newest one. */
  wrongSince(key: Key, version: Version): number | undefined {
    return this.#writes.get(id(key))?.[version]
  }

  /** The newest version of which the cache has been told. */
  applied(key: Key): Version {
    return this.#applied.get(id(key)) ?? 0
  }

  /** @param told whether the feed tells of it */
  write(keys: readonly Key[], group?: string, told = true): void {
    const at = this.now()
    for (const key of keys) this.#writes.set(id(key), [...(this.#writes.get(id(key)) ?? []), at])
    if (told) this.feed.push({ keys, group, versions: keys.map((key) => this.version(key)), at })
  }

  /** The cache has been told of the oldest change. */
  apply(): void {
    const change = this.feed.shift()
    for (const [place, key] of (change?.keys ?? []).entries()) {
      this.#applied.set(id(key), Math.max(this.applied(key), change?.versions[place] ?? 0))
      this.#covered.set(id(key), this.#begun)
    }
  }

  /** Everything of these keys is known to be wrong; what the feed still brings comes besides. */
  applyAll(keys: readonly Key[]): void {
    for (const key of keys) {
      this.#applied.set(id(key), this.version(key))
      this.#covered.set(id(key), this.#begun)
    }
  }
}

function id({ group, item }: Key): string {
  return `${group}\0${item}`
}
