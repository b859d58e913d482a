import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process of our own that reports. */
export class Child<Request extends object, Report> implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #gone: Promise<unknown>
  #ending = false

  /** @param failed called when it ends by itself */
  constructor(module: string, report: (message: Report) => void, failed: (error: Error) => void) {
    this.#process = fork(fileURLToPath(new URL(`${module}.js`, import.meta.url)), {
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: [],
      serialization: 'advanced',
    })
    this.#gone = once(this.#process, 'exit').catch(() => {})
    this.#process.on('message', (message) => {
      if (!this.#ending) report(message as Report)
    })
    this.#process.once('exit', (code, signal) => {
      if (!this.#ending) failed(new Error(`${module} ended with ${signal ?? code}.`))
    })
  }

  send(request: Request): void {
    this.#process.send(request)
  }

  /** Stops it for a while, as a debugger or a hypervisor does, or lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name)
  }

  /** Ends it at once; it has no chance to take its leave. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true
    this.#process.kill('SIGKILL')
    await this.#gone
  }
}
