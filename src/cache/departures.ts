import type { EntryId } from './identity.ts'
import type { Cause } from './store.ts'

const LIMIT = 1_000

/** Why the last values of the last thousand params left, so that a miss can be explained. */
export class Departures {
  readonly #causes = new Map<EntryId, Cause>()

  note(id: EntryId, cause: Cause): void {
    this.#causes.delete(id)
    this.#causes.set(id, cause)
    if (this.#causes.size <= LIMIT) return
    for (const oldest of this.#causes.keys()) {
      this.#causes.delete(oldest)
      break
    }
  }

  find(id: EntryId): Cause | undefined {
    return this.#causes.get(id)
  }
}
