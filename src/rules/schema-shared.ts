import { DEFAULTS, PRIORITY_NAMES } from './defaults.ts'
import { DURATION_PATTERN, formatDuration } from './duration.ts'

/** Longest name of a cache, param or warming set, and what names consist of. */
export const NAME_PATTERN = '^[A-Za-z][A-Za-z0-9_]{0,62}$'
export const WARMING_PATTERN = '^[A-Za-z][A-Za-z0-9_-]{0,62}$'
/** Characters of a key template or pattern. */
export const MAX_TEMPLATE = 500
const REFRESH_PATTERN = '^(off|[1-9][0-9]?%)$'

/** What caches and `defaults` both may say. */
export const ttl = {
  title: 'a duration with a unit, such as 30s, 5m or 1h',
  description:
    'How long an entry is kept at most, if nothing makes it wrong before: the last net. A number and a unit, from 1ms to 365 days.',
  examples: ['30s', '5m', '1h', '1 day'],
  default: formatDuration(DEFAULTS.ttl),
  type: 'string',
  pattern: DURATION_PATTERN,
} as const

export const max = {
  title: 'a whole number of entries from 1 to 1000000000',
  description: 'How many entries a process holds at most; past that the least recently read one goes.',
  examples: [1000, 10000],
  default: DEFAULTS.max,
  type: 'integer',
  minimum: 1,
  maximum: 1_000_000_000,
} as const

export const jitter = {
  title: 'a percentage such as 10%',
  description:
    'The share of the TTL that is taken off at random, so that entries filled together do not expire together. 0% switches it off.',
  examples: ['10%', '0%'],
  default: `${DEFAULTS.jitter * 100}%`,
  type: 'string',
  pattern: '^(100|[0-9]{1,2})%$',
} as const

export const priority = {
  title: `one of ${PRIORITY_NAMES.join(', ')}`,
  description: 'Which cache comes first when there is more work than time.',
  examples: ['critical'],
  default: DEFAULTS.priority,
  enum: PRIORITY_NAMES,
} as const

export const staleIfError = {
  title: 'a duration with a unit, such as 30s, 1m or 5m',
  description:
    'How long an expired value may stand in for a loader that fails. Never one that a change has made wrong: only time makes a value stale in this sense. Without it a failing loader is an error.',
  examples: ['1m', '30s'],
  type: 'string',
  pattern: DURATION_PATTERN,
} as const

export const negativeTtl = {
  title: 'a duration with a unit, such as 5s or 1m',
  description:
    'How long it is kept that the loader found nothing: that it gave undefined or null. Without it nothing found is not kept, and the next read asks again.',
  examples: ['5s', '1m'],
  type: 'string',
  pattern: DURATION_PATTERN,
} as const

export const refresh = {
  title: 'a percentage from 1% to 99%, or off',
  description:
    'Reloads an entry ahead of its expiry, once this share of the TTL is spent, if it was read since it was loaded: a read that comes then starts the reload and is answered with what is held, which nothing has made wrong. In a cache of priority critical also what nobody reads.',
  examples: ['80%', 'off'],
  default: `${DEFAULTS.refresh * 100}%`,
  type: 'string',
  pattern: REFRESH_PATTERN,
} as const

export const maxKeys = {
  title: 'a whole number of keys from 1 to 1000000',
  description:
    'How many different keys of the cache one statement may name; past that all keys of the cache are made wrong, so that no statement sends messages without end.',
  examples: [100, 5000],
  default: DEFAULTS.maxKeys,
  type: 'integer',
  minimum: 1,
  maximum: 1_000_000,
} as const
