/** What holds where the rules say nothing: the one table that the compiler, the schema and the reference are made of. */
export const DEFAULTS = {
  feed: 'outbox',
  /** Whether DDL on watched tables is told by event triggers. */
  ddl: 'ignore',
  /** Milliseconds. */
  ttl: 300_000,
  /** Share of the TTL taken off at random. */
  jitter: 0.1,
  /** Entries. */
  max: 10_000,
  priority: 'normal',
  /** Share of the TTL after which an entry that is read is reloaded ahead; `off` for never. */
  refresh: 0.8,
  /** Different keys of one cache in one statement; more make all of its keys wrong. */
  maxKeys: 1000,
  /** Milliseconds that an expired value may stand in for a failing loader; 0 for never. */
  staleIfError: 0,
  /** Milliseconds that it is kept that there is nothing; 0 for never. */
  negativeTtl: 0,
  /** How values are handed out. */
  values: 'reference',
  /** What reads get while it is not proven that changes arrive. */
  whenUntrusted: 'load',
  /** Milliseconds that values are served after the last proof has run out, where they are. */
  untrustedFor: 60_000,
  /** What a read gets while a `refresh` rule's reload runs. */
  meanwhile: 'wait',
  warming: {
    /** Where a set has neither `on` nor a schedule. */
    on: 'startup',
    /** Whether the runtime is ready only after the run at startup. */
    beforeReady: false,
    /** Params that are handed to the loader at once. */
    batch: 5,
    /** Batches that are loaded side by side. */
    concurrency: 1,
    /** Entries of one run; never more than the cache's `max`. */
    limit: 1000,
    /** Milliseconds of one run. */
    timeout: 60_000,
  },
} as const

/** In place of a query for params: what runtimes have learned. */
export const LEARNED = 'learned'

export const FEED_NAMES = ['notify', 'outbox', 'wal'] as const
export const DDL_NAMES = ['ignore', 'watch'] as const
export const PRIORITY_NAMES = ['critical', 'high', 'normal', 'low'] as const
export const OPERATIONS = ['insert', 'update', 'delete', 'truncate'] as const
export const VALUE_NAMES = ['reference', 'frozen', 'cloned'] as const
export const WHEN_UNTRUSTED_NAMES = ['load', 'serve'] as const
export const MEANWHILE_NAMES = ['wait', 'serve'] as const
export const WARMING_OCCASIONS = ['startup', 'demand'] as const
