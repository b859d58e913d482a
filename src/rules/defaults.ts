/** What holds where the rules say nothing. */
export const DEFAULTS = {
  feed: 'notify',
  /** Milliseconds. */
  ttl: 300_000,
  /** Share of the TTL taken off at random. */
  jitter: 0.1,
  /** Entries. */
  max: 10_000,
  priority: 'normal',
  /** Different keys of one cache in one statement; more make all of its keys wrong. */
  maxKeys: 1000,
} as const

export const PRIORITY_NAMES = ['critical', 'high', 'normal', 'low'] as const
export const OPERATIONS = ['insert', 'update', 'delete', 'truncate'] as const
