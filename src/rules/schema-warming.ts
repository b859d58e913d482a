import { DEFAULTS, LEARNED, PRIORITY_NAMES, WARMING_OCCASIONS } from './defaults.ts'
import { DURATION_PATTERN, formatDuration } from './duration.ts'
import { NAME_PATTERN } from './schema-shared.ts'

const { warming } = DEFAULTS

export const warmingSchema = {
  title: 'a warming set',
  description: 'Entries that are loaded before anyone asks for them.',
  examples: [{ cache: 'dashboard', params: 'SELECT id AS user_id FROM users', schedule: '*/30 * * * *' }],
  type: 'object',
  additionalProperties: false,
  required: ['cache'],
  properties: {
    cache: {
      title: 'the name of a cache',
      description: 'The cache whose entries are loaded.',
      examples: ['dashboard'],
      type: 'string',
      pattern: NAME_PATTERN,
    },
    params: {
      title: 'a SELECT, a list of params such as [{ month: 2026-03 }], or learned',
      description:
        'Which entries. One SELECT that only reads, whose columns have the names of the cache’s params, the most wanted first; a list of maps from params to values; or learned: those that were asked for at this hour in former weeks, what saves most first. Only a cache without params does without.',
      examples: [
        'SELECT id AS user_id FROM users ORDER BY last_seen_at DESC',
        [{ month: '2026-03' }],
        LEARNED,
      ],
      type: ['string', 'array'],
      minLength: 1,
      minItems: 1,
      items: {
        title: 'a map from params to values, as in { month: 2026-03 }',
        description: 'The params of one entry, all of them.',
        examples: [{ user_id: '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162' }],
        type: 'object',
        additionalProperties: {
          title: 'a value',
          description: 'A value of the param’s type.',
          examples: ['2026-03', 7, true],
          type: ['string', 'number', 'boolean'],
        },
      },
    },
    on: {
      title: `a list of ${WARMING_OCCASIONS.join(' and ')}`,
      description:
        'When the set is loaded besides its schedule. startup: when the application starts. demand: only when the application asks for the set by its name. Without it, a set without a schedule is loaded at startup.',
      examples: [['startup'], ['demand']],
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        title: `one of ${WARMING_OCCASIONS.join(', ')}`,
        description: 'An occasion.',
        examples: ['startup'],
        enum: WARMING_OCCASIONS,
      },
    },
    'before-ready': {
      title: 'true or false',
      description:
        'Whether the application is ready only when the run at startup is over, or before it and warms beside its first requests.',
      examples: [true],
      default: warming.beforeReady,
      type: 'boolean',
    },
    schedule: {
      title: 'a cron expression such as "*/30 * * * *"',
      description:
        'When the set is loaded again: minute, hour, day of month, month, day of week; a sixth field before them is the second. In the time zone of the process.',
      examples: ['*/30 * * * *', '0 6 * * 1-5'],
      type: 'string',
      minLength: 1,
      maxLength: 200,
    },
    batch: {
      title: 'a whole number from 1 to 10000',
      description: 'How many entries are handed to the loader at once.',
      examples: [5],
      default: warming.batch,
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
    },
    concurrency: {
      title: 'a whole number from 1 to 100',
      description:
        'How many batches are loaded side by side, within what the runtime allows to background work.',
      examples: [2],
      default: warming.concurrency,
      type: 'integer',
      minimum: 1,
      maximum: 100,
    },
    limit: {
      title: 'a whole number of entries from 1 to 1000000',
      description:
        'How many entries are loaded at most, the first ones of params. Never more than the max of the cache.',
      examples: [500],
      default: warming.limit,
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
    },
    timeout: {
      title: 'a duration with a unit, such as 30s, 5m or 1h',
      description:
        'How long one run may take, the query for params included; what is not loaded by then is left.',
      examples: ['30s'],
      default: formatDuration(warming.timeout),
      type: 'string',
      pattern: DURATION_PATTERN,
    },
    priority: {
      title: `one of ${PRIORITY_NAMES.join(', ')}`,
      description:
        'Which set comes first when there is more work than time. The cache’s unless said otherwise.',
      examples: ['critical'],
      enum: PRIORITY_NAMES,
    },
  },
} as const
