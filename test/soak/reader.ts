import { abortable } from '../../src/cli/abortable.ts'
import { Child } from './child.ts'
import type { ReaderConfig, ReaderReport, ReaderRequest } from './messages.ts'
import type { Tribunal } from './tribunal.ts'

type Synced = Extract<ReaderReport, { kind: 'synced' }>
type Held = Extract<ReaderReport, { kind: 'held' }>['values']

/** The process with the runtime; another one takes its place when it is killed. */
export class Reader implements AsyncDisposable {
  readonly gaps = new Map<string, number>()
  failed = 0
  readonly #config: ReaderConfig
  readonly #tribunal: Tribunal
  readonly #broken: (error: Error) => void
  readonly #synced = new Set<(synced: Synced) => void>()
  #told: (held: Held) => void = () => {}
  #child: Child<ReaderRequest, ReaderReport>

  /** @param broken called when the process ends by itself */
  constructor(config: ReaderConfig, tribunal: Tribunal, broken: (error: Error) => void) {
    this.#config = config
    this.#tribunal = tribunal
    this.#broken = broken
    this.#child = this.#start()
  }

  send(request: ReaderRequest): void {
    this.#child.send(request)
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.signal(name)
  }

  async kill(): Promise<void> {
    await this.#child[Symbol.asyncDispose]()
    this.#child = this.#start()
  }

  /** Resolves when a barrier that was asked for after `time` has been passed by a live runtime: when that was. */
  async synced(time: number, signal: AbortSignal): Promise<number> {
    const synced = new Promise<number>((resolve) => {
      const look = ({ at, done, state }: Synced): void => {
        if (at < time || state !== 'live') return
        this.#synced.delete(look)
        resolve(done)
      }
      this.#synced.add(look)
    })
    return await abortable(synced, signal)
  }

  /** Lets it read everything, and says what it holds then. */
  async hold(signal: AbortSignal): Promise<Held> {
    const told = new Promise<Held>((resolve) => {
      this.#told = resolve
      this.send({ kind: 'hold' })
    })
    return await abortable(told, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]()
  }

  #start(): Child<ReaderRequest, ReaderReport> {
    const child = new Child<ReaderRequest, ReaderReport>(
      'reader-process',
      (report) => this.#receive(report),
      this.#broken,
    )
    child.send({ kind: 'start', config: this.#config })
    return child
  }

  #receive(report: ReaderReport): void {
    if (report.kind === 'reads') {
      this.failed += report.failed
      this.#tribunal.hear(report)
    } else if (report.kind === 'synced') for (const look of this.#synced) look(report)
    else if (report.kind === 'gap') this.gaps.set(report.cause, (this.gaps.get(report.cause) ?? 0) + 1)
    else this.#told(report.values)
  }
}
