import type { Entry } from './entry.ts'
import type { CanonicalParams, EntryId } from './identity.ts'

/** What a loader is given besides the params. */
export type LoadContext<V> = {
  /** Aborted when the load has taken too long, and when the cache is closed. */
  readonly signal: AbortSignal
  /** The value that is held and will be replaced, also if expired; `undefined` when there is none or it is covered. */
  readonly stale: V | undefined
  /** The value must be newly computed: one that is held elsewhere, and still right, is not what is asked for. */
  readonly isAnew: boolean
  /** Share of its time to live, 0 to 1, that a value which is held elsewhere must have left to be of use; 0 unless given. */
  readonly leastLeft?: number
  /** Milliseconds that the value may be held at most, from the end of the load; 0 for not at all. */
  readonly limitLife: (ms: number) => void
}

/** A load under way, and those who wait for it. */
export class Flight<V> implements LoadContext<V> {
  readonly id: EntryId
  readonly entry: Entry<V>
  readonly params: CanonicalParams
  /** The cache's generation when the load began. */
  readonly generation: number
  /** Time of the clock. */
  readonly since: number
  /** The held entry, expired or not, in whose place the value will come. */
  readonly replaces: Entry<V> | undefined
  /** Milliseconds that its value may be held at most. */
  life = Infinity
  isAnew = false
  leastLeft = 0
  /** Its value may be one that was held elsewhere, and is as old as what is held here. */
  isPromoting = false
  /** An invalidation named just this entry. */
  covered = false
  begun = false
  ended = false
  /** Its value is held. */
  stored = false
  /** Why there is no value, also where an older one stands in. */
  failed: { readonly error: unknown } | undefined = undefined
  /** The call of the loader that it shares with others, and how many of them have not ended. */
  call: { open: number } | undefined = undefined
  older: Flight<V> | undefined = undefined
  newer: Flight<V> | undefined = undefined
  #promise: Promise<V> | undefined
  #settle: { readonly resolve: (value: V) => void; readonly reject: (error: unknown) => void } | undefined
  #result: { readonly value: V } | { readonly error: unknown } | undefined
  #whenEnded: (() => void) | undefined
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

  constructor(
    id: EntryId,
    entry: Entry<V>,
    params: CanonicalParams,
    generation: number,
    since: number,
    replaces: Entry<V> | undefined,
  ) {
    this.id = id
    this.entry = entry
    this.params = params
    this.generation = generation
    this.since = since
    this.replaces = replaces
  }

  /** For those who wait for the value. Made when first asked for: in the background nobody does. */
  get promise(): Promise<V> {
    this.#promise ??= new Promise((resolve, reject) => {
      if (this.#result === undefined) this.#settle = { resolve, reject }
      else if ('value' in this.#result) resolve(this.#result.value)
      else reject(this.#result.error as Error)
    })
    return this.#promise
  }

  /** Tells those who wait, after all else is done. */
  resolve(value: V): void {
    this.#result = { value }
    this.#settle?.resolve(value)
    this.#whenEnded?.()
  }

  reject(error: unknown): void {
    this.#result = { error }
    this.#settle?.reject(error)
    this.#whenEnded?.()
  }

  /** Calls back once it has ended, however, at once if it has. */
  whenEnded(callback: () => void): void {
    if (this.#result !== undefined) {
      callback()
      return
    }
    const before = this.#whenEnded
    this.#whenEnded =
      before === undefined
        ? callback
        : () => {
            before()
            callback()
          }
  }

  /** Made when first asked for: most loaders never look at it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason)
    }
    return this.#controller.signal
  }

  get stale(): V | undefined {
    return this.replaces?.value
  }

  limitLife(ms: number): void {
    this.life = Math.min(this.life, ms)
  }

  abort(reason: unknown): void {
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }
}
