import { DEFAULTS, VALUE_NAMES, WHEN_UNTRUSTED_NAMES } from './defaults.ts'
import { DURATION_PATTERN, formatDuration } from './duration.ts'
import { SIZE_PATTERN } from './size.ts'

/** What caches and `defaults` both may say of what is held, and of when it may be served. */
export const maxSize = {
  title: 'a size with a unit, such as 500kb, 50mb or 1gb',
  description:
    'How much the values may take that a process holds; past that the least recently read ones go. Values are measured by the function that the application gives as sizeOf, or else estimated. Holds beside max.',
  examples: ['50mb', '500kb'],
  type: 'string',
  pattern: SIZE_PATTERN,
} as const

export const values = {
  title: `one of ${VALUE_NAMES.join(', ')}`,
  description:
    'How values are handed out. reference: the object that the loader made, which costs nothing; whoever changes it changes it for all. frozen: the same, frozen to its depth when it is stored. cloned: a copy for each read.',
  examples: ['frozen'],
  default: DEFAULTS.values,
  enum: VALUE_NAMES,
} as const

export const whenUntrusted = {
  title: `one of ${WHEN_UNTRUSTED_NAMES.join(', ')}`,
  description:
    'What reads get while it is not proven that changes arrive, as while the database is away. load: the loader is asked, and nothing is stored. serve: what is held is served for at most untrusted-for more, although it may have become wrong unnoticed; a value that is known to be wrong never is.',
  examples: ['serve'],
  default: DEFAULTS.whenUntrusted,
  enum: WHEN_UNTRUSTED_NAMES,
} as const

export const untrustedFor = {
  title: 'a duration with a unit, such as 30s, 5m or 1h',
  description:
    'With when-untrusted: serve, how long values are served after the last proof has run out. So a value may be served for this long and maxSilence after the change that made it wrong.',
  examples: ['5m', '30s'],
  default: formatDuration(DEFAULTS.untrustedFor),
  type: 'string',
  pattern: DURATION_PATTERN,
} as const
