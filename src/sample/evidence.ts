import { createHash } from 'node:crypto'
import { serialize } from 'node:v8'
import type { CanonicalParams } from '../cache/identity.ts'
import type { Inspection } from '../cache/inspection.ts'
import type { Operation } from '../wire/change.ts'

/** A change that named the cache, as far as it is remembered. Times are milliseconds of the runtime's clock. */
export type SeenChange = { readonly table: string; readonly operation: Operation; readonly appliedAt: number }

/** A held value that differs from what the loader says. Values appear as hashes only: they may be anybody's data. */
export type Evidence = {
  readonly cache: string
  readonly params: CanonicalParams
  /** SHA-256 of the held value, and of the loaded one: 16 hex digits of each. */
  readonly held: string
  readonly loaded: string
  /** What was known of the entry when it was chosen. */
  readonly entry: Omit<Inspection, 'loading'>
  /** The last changes that named the cache, the newest first. */
  readonly changes: readonly SeenChange[]
  /** When the difference was found. */
  readonly at: number
}

const REMEMBERED = 10

/** Remembers the last changes of each cache. */
export class ChangeLog {
  readonly #changes = new Map<string, SeenChange[]>()

  note(cache: string, change: SeenChange): void {
    const changes = this.#changes.get(cache) ?? []
    this.#changes.set(cache, changes)
    changes.unshift(change)
    if (changes.length > REMEMBERED) changes.pop()
  }

  last(cache: string): readonly SeenChange[] {
    return [...(this.#changes.get(cache) ?? [])]
  }
}

/** A fingerprint of a value. */
export function hashValue(value: unknown): string {
  let bytes: Buffer
  try {
    bytes = serialize(value)
  } catch {
    // Functions and the like have no serial form.
    bytes = Buffer.from(String(value))
  }
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}
