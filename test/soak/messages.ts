import type { Manifest } from '../../src/manifest/manifest.ts'
import type { RuntimeOptions } from '../../src/options.ts'
import type { CacheName, Kind, Rows } from './world.ts'

/** What the writing process is started with. */
export type WriterConfig = {
  readonly connectionString: string
  readonly seed: number
  /** Transactions a second, of all connections together. */
  readonly rate: number
}
export type WriterRequest =
  { readonly kind: 'start'; readonly config: WriterConfig } | { readonly kind: 'pause' | 'resume' }
/** Kind of row, id, version, time at which everybody sees it. */
export type Committed = readonly [Kind, number, number, number]
export type WriterReport =
  | {
      readonly kind: 'committed'
      readonly commits: readonly Committed[]
      readonly transactions: number
      /** All commits that returned before this time have been reported. */
      readonly until: number
    }
  | { readonly kind: 'paused' }

/** What the reading process is started with. */
export type ReaderConfig = {
  /** The module with `createStalemate`: ours, or one that was broken on purpose. */
  readonly engine: string
  readonly manifest: Manifest
  /** Through which the runtime reaches the database. */
  readonly connectionString: string
  /** Through which loaders do. */
  readonly direct: string
  readonly seed: number
  readonly options: Partial<RuntimeOptions> & Pick<RuntimeOptions, 'maxSilence'>
}
export type ReaderRequest =
  | { readonly kind: 'start'; readonly config: ReaderConfig }
  /** Clocks jump: the machine's to another date, the monotonic one ahead. */
  | { readonly kind: 'jump'; readonly ms: number }
  /** Read every entry, and say what is held. */
  | { readonly kind: 'hold' }
/** Number of a value, and the time that the answer must not be older than. */
export type Read = readonly [number, number]
export type ReaderReport =
  | {
      readonly kind: 'reads'
      /** Values that were read since the last report: number, cache, key, rows. */
      readonly values: readonly (readonly [number, CacheName, number, Rows])[]
      readonly reads: readonly Read[]
      readonly failed: number
    }
  /** A barrier that was asked for at this time has been passed, in this state. */
  | { readonly kind: 'synced'; readonly at: number; readonly done: number; readonly state: string }
  | { readonly kind: 'gap'; readonly cause: string }
  | { readonly kind: 'held'; readonly values: readonly (readonly [CacheName, number, Rows])[] }
