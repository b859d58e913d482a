/** A committed transaction. Times are milliseconds of the machine's monotonic clock. */
export type Commit = {
  /** Just before COMMIT was sent: nobody can have seen it earlier. */
  readonly begunAt: number
  /** When the server's answer to COMMIT had come: everybody sees it from here on. */
  readonly returnedAt: number
}

/** What a reader got. */
export type Read = {
  readonly key: string
  /** Canonical JSON. */
  readonly value: string
  /** When it asked. */
  readonly from: number
  /** When it had the answer. */
  readonly to: number
}

/** The evidence of a value that should not have been served. */
export type StaleRead = {
  readonly key: string
  readonly served: string
  readonly expected: string
  /** Number of the commit that made the served value wrong; `undefined` when it never was a state of the key. */
  readonly commit: number | undefined
  /** Milliseconds from the return of that commit to the read. */
  readonly age: number | undefined
}

type Version = { readonly commit: number; readonly value: string }

/**
 * Judges reads by the states that the keys had in the database after each commit. It knows nothing of the
 * cache, nor of the rules; what it needs is one writer whose commits follow one another.
 */
export class Oracle {
  /** How long, in milliseconds, a value may be served after the commit that made it wrong has returned. */
  readonly tolerance: number
  readonly #commits: Commit[] = [{ begunAt: -Infinity, returnedAt: -Infinity }]
  readonly #history: ReadonlyMap<string, Version[]>

  /** @param initial key -> canonical JSON of its state before the first commit; no other keys are ever judged */
  constructor(initial: ReadonlyMap<string, string>, tolerance = 500) {
    this.tolerance = tolerance
    this.#history = new Map([...initial].map(([key, value]) => [key, [{ commit: 0, value }]]))
  }

  /** Takes note of a commit and of the states after it; returns its number, from 1. */
  observe(commit: Commit, states: ReadonlyMap<string, string>): number {
    const number = this.#commits.push(commit) - 1
    for (const [key, versions] of this.#history) {
      const value = states.get(key)
      if (value === undefined) throw new TypeError(`The states after commit ${number} lack ${key}.`)
      if (versions.at(-1)?.value !== value) versions.push({ commit: number, value })
    }
    return number
  }

  /**
   * A read is right when its value was the key's state after some commit that is not older than the newest
   * one that had returned more than the tolerance before the read, and not newer than the newest begun
   * before its end. All commits begun before its end must have been observed.
   */
  judge(read: Read): StaleRead | undefined {
    const versions = this.#versions(read.key)
    const newest = this.#lastCommit((commit) => commit.begunAt <= read.to)
    const oldest = this.#lastCommit((commit) => commit.returnedAt < read.from - this.tolerance)
    for (let place = versions.length - 1; place >= 0; place--) {
      const version = versions[place] as Version
      if (version.commit > newest) continue
      if (version.value === read.value) return undefined
      if (version.commit <= oldest) break
    }
    return this.#accuse(read, newest)
  }

  /** For when no commit is under way: a value that is held must be exactly the state. */
  judgeHeld(read: Read, state: string): StaleRead | undefined {
    if (read.value === state) return undefined
    return { ...this.#accuse(read, this.#commits.length - 1), expected: state }
  }

  #accuse({ key, value, from }: Read, newest: number): StaleRead {
    const versions = this.#versions(key).filter((version) => version.commit <= newest)
    const expected = versions.at(-1)?.value ?? ''
    const after = versions[versions.findLastIndex((version) => version.value === value) + 1]
    const wasState = versions.some((version) => version.value === value)
    if (!wasState || after === undefined) {
      return { key, served: value, expected, commit: undefined, age: undefined }
    }
    const returnedAt = this.#commits[after.commit]?.returnedAt ?? from
    return { key, served: value, expected, commit: after.commit, age: from - returnedAt }
  }

  #versions(key: string): Version[] {
    const versions = this.#history.get(key)
    if (versions === undefined) throw new TypeError(`The oracle does not know ${key}.`)
    return versions
  }

  #lastCommit(holds: (commit: Commit) => boolean): number {
    return this.#commits.findLastIndex(holds)
  }
}
