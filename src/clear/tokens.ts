import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../options.ts'

/** Milliseconds for which a token confirms. */
export const TOKEN_LIFE = 60_000
/** Requests that may wait for their confirmation; the oldest gives way. */
const LIMIT = 16

type Waiting<T> = { readonly digest: Buffer; readonly until: number; readonly request: T }

/** Requests that wait for a confirmation. A token confirms one of them, once, for a minute. */
export class Tokens<T> {
  readonly #clock: Clock
  #waiting: readonly Waiting<T>[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A token that nobody can guess, of which only a digest is kept. */
  issue(request: T): string {
    const token = randomBytes(32).toString('base64url')
    const now = this.#clock.now()
    const open = this.#waiting.filter(({ until }) => now < until).slice(1 - LIMIT)
    this.#waiting = [...open, { digest: digest(token), until: now + TOKEN_LIFE, request }]
    return token
  }

  /** What the token confirms, which it does once. Takes the same time whatever the token has in common with one. */
  redeem(token: string): T | undefined {
    const given = digest(token)
    const now = this.#clock.now()
    let found: Waiting<T> | undefined
    for (const waiting of this.#waiting) {
      if (timingSafeEqual(waiting.digest, given)) found = waiting
    }
    this.#waiting = this.#waiting.filter((waiting) => waiting !== found && now < waiting.until)
    return found !== undefined && now < found.until ? found.request : undefined
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
