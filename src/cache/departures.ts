import type { EntryId } from './identity.ts'
import type { Cause } from './store.ts'

const LIMIT = 500

/** Why the last values of some hundred params left, the latest first to be known, so that a miss can be explained. */
export class Departures {
  #recent = new Map<EntryId, Cause>()
  #before = new Map<EntryId, Cause>()

  note(id: EntryId, cause: Cause): void {
    if (this.#recent.size >= LIMIT) {
      this.#before = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(id, cause)
  }

  find(id: EntryId): Cause | undefined {
    return this.#recent.get(id) ?? this.#before.get(id)
  }
}
