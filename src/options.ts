/** A monotonic clock and its timers: a parameter, so that a test decides what time it is. */
export type Clock = {
  /** Milliseconds since an arbitrary moment; never goes back. */
  readonly now: () => number
  /** Calls back once after `ms` milliseconds, unless the returned undo is called before. */
  readonly after: (ms: number, callback: () => void) => () => void
}

/** Where and how the runtime runs; what the data means is said by the rules. Durations are milliseconds. */
export type RuntimeOptions = {
  /**
   * How long a cache is believed without proof that its feed still delivers. Bounds the staleness after an
   * unnoticed loss of the connection. Must exceed `heartbeatInterval + heartbeatTimeout`, or a feed that is
   * merely slow is distrusted between two heartbeats.
   */
  readonly maxSilence: number
  /** Pause between two proofs of life. Shorter notices a loss sooner and costs one small query each. */
  readonly heartbeatInterval: number
  /** How long a heartbeat may take to come back before the connection is given up. */
  readonly heartbeatTimeout: number
  /** How long connecting may take before it is tried anew. */
  readonly connectTimeout: number
  /** Longest pause before the first reconnection; doubles with each failure, drawn at random below that. */
  readonly reconnectBase: number
  /** Upper limit of the pause between reconnections. */
  readonly reconnectMax: number
  /**
   * How long the outbox keeps what this runtime has not read, after it was last heard of. A connection that is back
   * sooner misses nothing. Longer lets the outbox grow more while a runtime is away. At least
   * `heartbeatInterval + heartbeatTimeout`.
   */
  readonly retention: number
  /**
   * How long looking up a link may take, waiting for its turn included, before the cache that it concerns is
   * made wrong as a whole. A change counts as applied only then, so this also delays `sync` and proof of life.
   */
  readonly linkTimeout: number
  /** Links that one look-up asks for at most. A count, no duration. */
  readonly linkBatch: number
  /** Links that may wait for a look-up over one path; past it the cache is made wrong as a whole. A count. */
  readonly linkQueue: number
  /**
   * How long a load may take. Who waits for it gets `load-timeout` then, its signal is aborted, and what it returns
   * later is not stored.
   */
  readonly loadTimeout: number
  /**
   * Connections of the loaders that are made of caches' queries. More load more at once, and take more of the server's
   * connections. A count, no duration.
   */
  readonly loadConnections: number
  /** Failures of a loader in a row that begin no pause yet; a number, not a duration. */
  readonly loadFailures: number
  /**
   * Longest first pause of a loader that has failed more often in a row. Reads that find nothing get
   * `load-refused` meanwhile, or an expired value where the cache allows that. Doubles with each failure.
   */
  readonly loadPauseBase: number
  /** Upper limit of the pause of a failing loader. */
  readonly loadPauseMax: number
  /**
   * Bytes that the entries of all caches may take together, as they are estimated; `Infinity` for no bound. Past it
   * entries give way that were used longest ago, those of caches of the lowest priority first. With a bound, each
   * value is measured when it is stored.
   */
  readonly maxMemory: number
  /** How often an invalidation is tried that a tier or the feed refuses, before it is reported as failed. A count. */
  readonly invalidationAttempts: number
  /** Longest first pause between these attempts; doubles with each, drawn at random below that. */
  readonly invalidationPauseBase: number
  /** Upper limit of the pause between these attempts. */
  readonly invalidationPauseMax: number
}

export const RUNTIME_DEFAULTS: RuntimeOptions = {
  maxSilence: 15_000,
  heartbeatInterval: 5_000,
  heartbeatTimeout: 5_000,
  connectTimeout: 10_000,
  reconnectBase: 100,
  reconnectMax: 10_000,
  retention: 60_000,
  linkTimeout: 2_000,
  linkBatch: 500,
  linkQueue: 10_000,
  loadTimeout: 30_000,
  loadConnections: 4,
  loadFailures: 10,
  loadPauseBase: 100,
  loadPauseMax: 5_000,
  maxMemory: Infinity,
  invalidationAttempts: 5,
  invalidationPauseBase: 100,
  invalidationPauseMax: 2_000,
}

/** Upper bounds of the classes in which load times are counted, in milliseconds; one more class has none. */
export const LOAD_TIME_BOUNDS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000,
]

/** Loads that no reader waits for: reloading and warming. Durations are milliseconds. */
export type RefreshOptions = {
  /**
   * Calls of loaders that may be under way for one more to begin in the background, those that readers wait for included: so
   * the background gives way to them. A count.
   */
  readonly concurrency: number
  /**
   * Pause between two looks for entries that are due and that no read has found. A cache whose entries expire sooner after
   * they are due is looked through as often as that takes.
   */
  readonly interval: number
  /**
   * From the first change of an entry to its reload by a `refresh` rule; what changes meanwhile takes part in the same
   * one. Longer saves loads where changes come in bursts.
   */
  readonly debounce: number
  /** Loads that may wait for their turn; past it those are given up that would have it last. A count. */
  readonly queue: number
  /** After which a waiting load counts as of the next higher priority, so that none waits for ever. */
  readonly ageing: number
  /** After which a waiting load begins although readers keep the loaders busy, one at a time. */
  readonly patience: number
  /** How often a load is tried before its entry's TTL decides. A count. */
  readonly attempts: number
  /** Longest pause before the second try; doubles with each failure, drawn at random below that. */
  readonly retryBase: number
  /** Upper limit of the pause between two tries. */
  readonly retryMax: number
}

export const REFRESH_DEFAULTS: RefreshOptions = {
  concurrency: 3,
  interval: 300_000,
  debounce: 100,
  queue: 10_000,
  ageing: 10_000,
  patience: 30_000,
  attempts: 3,
  retryBase: 200,
  retryMax: 10_000,
}

/** How many hits of one turn of the event loop share one look at the system's clock. */
export const READS_PER_LOOK = 32

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
