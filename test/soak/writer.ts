import { abortable } from '../../src/cli/abortable.ts'
import { Child } from './child.ts'
import type { WriterConfig, WriterReport, WriterRequest } from './messages.ts'
import type { Tribunal } from './tribunal.ts'

/** The process that writes, and knows nothing of caches. */
export class Writer implements AsyncDisposable {
  transactions = 0
  readonly #child: Child<WriterRequest, WriterReport>
  #paused: () => void = () => {}

  constructor(config: WriterConfig, tribunal: Tribunal, broken: (error: Error) => void) {
    this.#child = new Child<WriterRequest, WriterReport>(
      'writer-process',
      (report) => {
        if (report.kind === 'paused') {
          this.#paused()
          return
        }
        this.transactions += report.transactions
        tribunal.learn(report.commits, report.until)
      },
      broken,
    )
    this.#child.send({ kind: 'start', config })
  }

  /** Resolves when all that was begun has ended. */
  async pause(signal: AbortSignal): Promise<void> {
    const paused = new Promise<void>((resolve) => {
      this.#paused = resolve
      this.#child.send({ kind: 'pause' })
    })
    await abortable(paused, signal)
  }

  resume(): void {
    this.#child.send({ kind: 'resume' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]()
  }
}
