/** What an invalidation names. */
export const KINDS = ['key', 'ten', 'many', 'all'] as const
export type Kind = (typeof KINDS)[number]

export type InvalidateJob = {
  readonly config: { readonly entries: number }
  readonly task: { readonly kind: Kind }
  /** Microseconds of a call; milliseconds for which the event loop was blocked by the longest. */
  readonly result: { readonly call: number; readonly block: number }
}
