import { Judge, type Stale } from './judge.ts'
import type { Committed, ReaderReport } from './messages.ts'
import { readTime } from './time.ts'
import type { Kind } from './world.ts'

type Reads = Extract<ReaderReport, { kind: 'reads' }>

/** Stale reads that are kept as evidence; all are counted. */
const EVIDENCE = 20

/** Brings reads before the judge, once all is known that was committed before them. */
export class Tribunal {
  readonly evidence: Stale[] = []
  judged = 0
  stale = 0
  readonly #judge = new Judge()
  #known = 0
  #waiting: Reads[] = []
  readonly #accused: () => void

  /** @param accused called for each stale read */
  constructor(accused: () => void) {
    this.#accused = accused
  }

  /** What one writer reports; @param until all of it that returned before this time is known */
  learn(commits: readonly Committed[], until: number): void {
    for (const commit of commits) this.#judge.learn(...commit)
    this.#known = until
    const ready = this.#waiting.filter((reads) => this.#isReady(reads))
    this.#waiting = this.#waiting.filter((reads) => !this.#isReady(reads))
    for (const reads of ready) this.#decide(reads)
  }

  /** What another writer has committed just now. */
  learnOne(kind: Kind, id: number, version: number): void {
    this.#judge.learn(kind, id, version, readTime())
  }

  hear(reads: Reads): void {
    if (this.#isReady(reads)) this.#decide(reads)
    else this.#waiting.push(reads)
  }

  #isReady({ reads }: Reads): boolean {
    return reads.every(([, asOf]) => asOf <= this.#known)
  }

  #decide({ values, reads }: Reads): void {
    this.judged += reads.length
    // An answer that is right as of a time is right as of every earlier one.
    const latest = new Map<number, number>()
    for (const [value, asOf] of reads) latest.set(value, Math.max(latest.get(value) ?? 0, asOf))
    for (const [value, cache, key, rows] of values) {
      const answer = { cache, key, rows }
      if (this.#judge.judge(answer, latest.get(value) ?? 0) === undefined) continue
      for (const [other, asOf] of reads) {
        const stale = other === value ? this.#judge.judge(answer, asOf) : undefined
        if (stale !== undefined) this.accuse(stale)
      }
    }
  }

  accuse(stale: Stale): void {
    this.stale += 1
    if (this.evidence.length < EVIDENCE) this.evidence.push(stale)
    this.#accused()
  }
}
