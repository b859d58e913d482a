import { randomBytes } from 'node:crypto'

type Echo = { readonly resolve: () => void; readonly reject: (error: Error) => void }

/** Messages of one's own that must come back through the feed. */
export class Echoes {
  readonly #waiting = new Map<string, Echo>()

  /** Sends a nonce and resolves when it has come back. */
  async send(send: (nonce: string) => Promise<unknown>): Promise<void> {
    const nonce = randomBytes(16).toString('hex')
    const back = new Promise<void>((resolve, reject) => this.#waiting.set(nonce, { resolve, reject }))
    try {
      await Promise.all([send(nonce), back])
    } finally {
      this.#waiting.delete(nonce)
    }
  }

  /** A nonce has come; it may be another's. */
  hear(nonce: string): void {
    this.#waiting.get(nonce)?.resolve()
  }

  /** Nothing that was sent will come back. */
  giveUp(error: Error): void {
    for (const echo of this.#waiting.values()) echo.reject(error)
    this.#waiting.clear()
  }
}
