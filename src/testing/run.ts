import type { Adapter, Key, Subject, Version } from './adapter.ts'
import { Confidence } from './confidence.ts'
import { Database, type LoadCall } from './database.ts'
import { type FaultKind, judge, type Start } from './judge.ts'
import { KEYS, show, SILENCE, TTL } from './scene.ts'

/** What the cache did that it must not. */
export type Fault = {
  readonly kind: FaultKind
  readonly message: string
  /** What had happened, one step a line. */
  readonly steps: readonly string[]
}

/** A schedule: each number chooses one of the steps that are possible then. */
export type Schedule = readonly number[]

export type Limits = {
  /** Keys in play, 1 to 4. */
  readonly keys?: number
  /** Also tries failing loads, expiry, lost feeds, batches and refreshing. */
  readonly rough?: boolean
  /** Begins with all keys held, or with all but the last held further away alone. */
  readonly filled?: boolean | 'elsewhere'
}

/** A cache, the world around it, and what was seen of both. */
export class Run {
  readonly adapter: Adapter
  readonly keys: readonly Key[]
  readonly rough: boolean
  readonly filled: boolean | 'elsewhere'
  readonly database: Database
  readonly confidence: Confidence
  readonly steps: string[] = []
  subject!: Subject
  now = 1_000
  fault: Fault | undefined
  /** A fault unless there is a worse one. */
  unshared: Fault | undefined
  #reads = 0
  readonly waiting = new Set<number>()

  constructor(adapter: Adapter, { keys = 2, rough = false, filled = false }: Limits) {
    this.adapter = adapter
    this.keys = KEYS.slice(0, keys)
    this.rough = rough
    this.filled = filled
    this.confidence = new Confidence(this)
    this.database = new Database(
      () => this.now,
      () => this.confidence.isTrusted,
    )
  }

  async open(): Promise<void> {
    this.subject = await this.adapter.open({
      load: (key) => this.database.load(key),
      loadMany: (keys) => this.database.loadMany(keys),
      now: () => this.now,
      random: () => 0,
      ttl: TTL,
      silence: SILENCE,
    })
    this.confidence.prove()
    this.subject.drain?.()
  }

  async close(): Promise<void> {
    await this.subject.close?.()
  }

  async fill(): Promise<void> {
    const { readElsewhere } = this.subject
    if (this.filled === 'elsewhere' && readElsewhere !== undefined) {
      this.steps.push('every key but the last is read and loaded elsewhere')
      for (const key of this.keys.slice(0, Math.max(1, this.keys.length - 1))) readElsewhere(key)
    } else {
      this.steps.push('every key is read and loaded')
      for (const key of this.keys) this.read(key)
    }
    await this.settle()
    await this.endLoads()
  }

  read(key: Key): void {
    this.await(`read ${show(key)}`, [key], () => this.subject.get(key))
  }

  write(keys: readonly Key[], group?: string): void {
    const { isCovered } = this.confidence
    this.database.write(keys, group, isCovered)
    if (isCovered) this.subject.written?.(keys, group)
  }

  readMany(): void {
    const { getMany } = this.subject
    if (getMany !== undefined) this.await('read all at once', this.keys, () => getMany(this.keys))
  }

  /** What is read may not be older than what had been applied when the read began. */
  await(name: string, keys: readonly Key[], ask: () => Promise<Version | readonly Version[]>): void {
    const number = (this.#reads += 1)
    const start = this.begin(keys)
    this.waiting.add(number)
    ask().then(
      (answer) => {
        this.waiting.delete(number)
        const values: readonly (Version | undefined)[] = Array.isArray(answer) ? answer : [answer]
        for (const place of keys.keys()) this.judge(name, place, values[place], start)
      },
      (error: unknown) => {
        this.waiting.delete(number)
        if (this.database.failures > start.failures || this.database.isFailure(error)) return
        this.accuse('rejected', `${name} was rejected although its load did not fail: ${String(error)}`)
      },
    )
  }

  begin(keys: readonly Key[]): Start {
    const { ended, failures, loads } = this.database
    const floors = keys.map((key) => this.database.applied(key))
    const { isBelieved: believed } = this.confidence
    const idle = loads.length === 0 && this.subject.isBusy?.() !== true
    return { keys, floors, ended, failures, at: this.now, believed, idle }
  }

  judge(name: string, place: number, value: Version | undefined, start: Start): void {
    const { isBelieved: believed, bound } = this.confidence
    const { promotes = false, ownClock = false } = this.adapter
    const circumstances = { ttl: TTL, bound, believed, timed: !ownClock, promotes }
    const verdict = judge(name, place, value, start, this.database, circumstances)
    if (verdict !== undefined) this.accuse(verdict.kind, verdict.message)
  }

  /** While nothing is trusted, a load that is too old is left alone, and another one begins. */
  checkSharing(): void {
    if (this.adapter.shares !== true) return
    for (const key of this.keys) {
      const [first, late] = this.database.current(key)
      if (first === undefined || late === undefined) continue
      if (!late.trusted && late.at >= first.at + SILENCE) first.isLeft = true
      else {
        const message = `Load ${late.number} of ${show(key)} began while another one was under way.`
        this.unshared ??= { kind: 'unshared', message, steps: [...this.steps] }
      }
    }
  }

  async deliver(): Promise<void> {
    const { invalidate, invalidateGroup } = this.subject
    const change = this.database.feed[0]
    if (change === undefined) return
    if (change.group !== undefined && invalidateGroup !== undefined) await invalidateGroup(change.group)
    else for (const key of change.keys) await invalidate(key)
    this.database.apply()
  }

  async gap(): Promise<void> {
    const { invalidate, invalidateAll } = this.subject
    if (invalidateAll === undefined) for (const key of KEYS) await invalidate(key)
    else await invalidateAll()
    this.database.applyAll(KEYS)
  }

  async endLoads(): Promise<void> {
    for (let round = 0; round < 40; round += 1) {
      const drained = this.subject.drain?.() === true
      if (drained) await this.settle()
      if (!drained && this.database.loads.length === 0) break
      for (const load of [...this.database.loads] as LoadCall[]) {
        load.see()
        load.end()
      }
      await this.settle()
    }
  }

  async settle(): Promise<void> {
    const { turns = 8, macrotasks = false } = this.adapter
    for (let turn = 0; turn < turns; turn += 1) {
      if (macrotasks) await new Promise((resolve) => setImmediate(resolve))
      else await Promise.resolve()
    }
  }

  accuse(kind: FaultKind, message: string): void {
    if (kind === 'unheld' && this.adapter.forgetful === true) return
    this.fault ??= { kind, message, steps: [...this.steps] }
  }
}
