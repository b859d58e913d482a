import { randomBytes } from 'node:crypto'
import type { Clock } from '../options.ts'
import type { Control, JsonValue } from '../wire/change.ts'
import { type InstanceReport, isSettled, readReport } from './instance-report.ts'

/** Milliseconds. */
export type Patience = {
  /** From the question on: instances that have not begun by then take no part. */
  readonly wait: number
  /** Without a word from an instance that has begun: then it counts as lost. */
  readonly silence: number
  /** After the run was called off, for instances to say what has come of it. */
  readonly farewell: number
}

export type AskSettings = {
  readonly send: (control: 'warm' | 'warm-stop', body: JsonValue) => Promise<unknown>
  readonly clock: Clock
  readonly patience: Patience
  /** Told of each report. */
  readonly heard: (report: InstanceReport, all: readonly InstanceReport[]) => void
  /** Calls the run off. */
  readonly signal: AbortSignal
}

export type WarmRequest = { readonly set?: string; readonly params?: Readonly<Record<string, JsonValue>> }

/** Asks the running instances of a ruleset to warm, and follows what they tell. */
export class Asking {
  readonly #settings: AskSettings
  readonly #id = randomBytes(8).toString('hex')
  readonly #reports = new Map<string, { report: InstanceReport; at: number }>()
  #wake: () => void = () => {}

  constructor(settings: AskSettings) {
    this.#settings = settings
  }

  get reports(): readonly InstanceReport[] {
    return [...this.#reports.values()].map(({ report }) => report)
  }

  /** A `warm-report` has come; it may be of another run. */
  readonly receive = ({ body }: Control): void => {
    const report = readReport(this.#id, body)
    if (report === undefined) return
    const before = this.#reports.get(report.instance)?.report
    // Reports may overtake each other; the last word stands.
    if (before !== undefined && before.state !== 'lost' && isSettled(before)) return
    this.#note(report)
  }

  /** Resolves with what each instance told last, once none has more to tell; with nothing when none has answered. */
  async run(request: WarmRequest): Promise<readonly InstanceReport[]> {
    const { send, clock, patience, signal } = this.#settings
    const id = this.#id
    await send('warm', { id, ...request })
    const begun = clock.now()
    while (!signal.aborted && !this.#isOver(begun + patience.wait)) {
      this.#giveUp(clock.now() - patience.silence)
      if (!this.#isOver(begun + patience.wait)) await this.#rest(begun + patience.wait)
    }
    if (!signal.aborted) return this.reports
    await send('warm-stop', { id })
    const last = clock.now() + patience.farewell
    while (this.reports.some((report) => !isSettled(report)) && clock.now() < last) await this.#rest(last)
    this.#giveUp(Infinity)
    return this.reports
  }

  #note(report: InstanceReport): void {
    this.#reports.set(report.instance, { report, at: this.#settings.clock.now() })
    this.#settings.heard(report, this.reports)
    this.#wake()
  }

  #isOver(end: number): boolean {
    return this.#settings.clock.now() >= end && this.reports.every(isSettled)
  }

  /** Those that were last heard of before `time` count as lost. */
  #giveUp(time: number): void {
    for (const { report, at } of this.#reports.values()) {
      if (at <= time && !isSettled(report)) this.#note({ ...report, state: 'lost' })
    }
  }

  /** Until a report comes, the run is called off, the time has come, or someone has been silent for too long. */
  async #rest(until: number): Promise<void> {
    const { clock, patience, signal } = this.#settings
    const now = clock.now()
    const silences = [...this.#reports.values()].flatMap(({ report, at }) =>
      isSettled(report) ? [] : [at + patience.silence],
    )
    const times = [until, ...silences].filter((time) => time > now)
    const next = times.length === 0 ? now + 1 : Math.min(...times)
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stopTimer()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const stopTimer = clock.after(next - now, done)
      this.#wake = done
      signal.addEventListener('abort', done, { once: true })
    })
  }
}
