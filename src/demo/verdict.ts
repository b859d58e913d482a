import type { Commit, Oracle, Read, StaleRead } from './oracle.ts'

/** Counts what the oracle says, and keeps the first evidence of each stale value. */
export class Verdict {
  judged = 0
  held = 0
  stale = 0
  readonly evidence: StaleRead[] = []
  readonly #oracle: Oracle
  readonly #seen = new Set<string>()

  constructor(oracle: Oracle) {
    this.#oracle = oracle
  }

  observe(commit: Commit, states: ReadonlyMap<string, string>): number {
    return this.#oracle.observe(commit, states)
  }

  /** Judges reads; returns evidence that is new. */
  judge(reads: readonly Read[]): readonly StaleRead[] {
    this.judged += reads.length
    return reads.flatMap((read) => this.#note(this.#oracle.judge(read)))
  }

  /** Compares what is held, while nothing changes, with the states; returns evidence that is new. */
  judgeHeld(reads: readonly Read[], states: ReadonlyMap<string, string>): readonly StaleRead[] {
    this.held += reads.length
    return reads.flatMap((read) => this.#note(this.#oracle.judgeHeld(read, states.get(read.key) ?? '')))
  }

  #note(stale: StaleRead | undefined): readonly StaleRead[] {
    if (stale === undefined) return []
    this.stale += 1
    const id = `${stale.key}\n${stale.served}`
    if (this.#seen.has(id)) return []
    this.#seen.add(id)
    this.evidence.push(stale)
    return [stale]
  }
}
