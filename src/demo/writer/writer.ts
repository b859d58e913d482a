import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HotRows } from '../hot-set.ts'
import type { Request, Response, Wish, Written } from './message.ts'

/** The writer: a process of its own that knows nothing of Stalemate. */
export class Writer implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#exited = once(child, 'exit')
    this.#exited.catch(() => {})
  }

  static async start(connectionString: string, hot: HotRows, seed: number): Promise<Writer> {
    const program = fileURLToPath(new URL('writer-process.js', import.meta.url))
    const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const writer = new Writer(child)
    await writer.#ask({ kind: 'start', connectionString, hot, seed })
    return writer
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Lets the writer commit one transaction and wait. */
  async write(wish?: Wish): Promise<Written> {
    const [written] = await this.#ask({ kind: 'write', ...(wish && { wish }) })
    return written as Written
  }

  /** Lets the writer commit many transactions without waiting. */
  burst(count: number): Promise<readonly Written[]> {
    return this.#ask({ kind: 'burst', count })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 2000)
    try {
      if (this.#child.connected) this.#child.disconnect()
      await this.#exited
    } finally {
      clearTimeout(kill)
    }
  }

  async #ask(request: Request): Promise<readonly Written[]> {
    const stop = new AbortController()
    try {
      const answer = once(this.#child, 'message', stop) as Promise<[Response]>
      const gone = once(this.#child, 'exit', stop).then(([code, signal]: (string | number | null)[]) => {
        throw new Error(`The writer process ended by itself (${String(signal ?? code)}).`)
      })
      this.#child.send(request)
      const [response] = await Promise.race([answer, gone])
      if (response.kind === 'failed') throw new Error(`The writer failed: ${response.message}`)
      return response.kind === 'written' ? response.written : []
    } finally {
      stop.abort()
    }
  }
}
