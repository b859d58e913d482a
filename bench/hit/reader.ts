/** What every cache holds in this benchmark. */
export type Value = { readonly n: number }

/** A cache that holds all values, and one way to read them. `Input` is what that way is asked with. */
export type Reader<Input> = AsyncDisposable & { readonly inputs: readonly Input[] } & (
    | { readonly kind: 'sync'; readonly read: (input: Input) => Value }
    | { readonly kind: 'async'; readonly read: (input: Input) => Promise<Value> }
  )

/** The entries: two spellings of params, and the keys that other caches are asked with. */
export type Entries = {
  readonly users: readonly string[]
  readonly months: readonly string[]
  /** `dashboard:{user_id}`, one for each of `users`. */
  readonly keys: readonly string[]
}

/** How long everything is held: longer than a run. Milliseconds. */
export const TTL = 3_600_000
