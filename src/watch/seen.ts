import type { GapCause } from '../feed/feed.ts'
import type { Operation } from '../wire/change.ts'

/** What somebody who watches is told; times are ISO 8601, durations milliseconds. */
export type Seen =
  /** What a change makes wrong in one cache. */
  | {
      readonly kind: 'change'
      readonly at: string
      /** As the rules name it. */
      readonly table: string
      readonly operation: Operation
      readonly cache: string
      /** `*` stands for any value of a param. */
      readonly keys: readonly string[]
      /** Why a whole cache is wrong, where that is so. */
      readonly reason?: string
      /** Where the rules stand that look for it: `rules/shop.yaml:11`. */
      readonly rules: readonly string[]
      /** How long a message of that time is on its way, at most; not known before the first was measured. */
      readonly lag?: number
    }
  | { readonly kind: 'gap'; readonly at: string; readonly cause: GapCause }
  | { readonly kind: 'state'; readonly at: string; readonly state: 'live' | 'down'; readonly error?: string }

/** What was seen in all. */
export type WatchSummary = {
  readonly kind: 'summary'
  /** Milliseconds. */
  readonly took: number
  readonly changes: number
  readonly keys: number
  readonly gaps: number
  /** Of the messages that were measured; not there where none came back. */
  readonly lag?: { readonly median: number; readonly max: number }
}
