import { PARAM_TYPES } from '../key/param.ts'
import { DEFAULTS, OPERATIONS, PRIORITY_NAMES } from './defaults.ts'
import { DURATION_PATTERN } from './duration.ts'

/** Longest name of a cache or param, and what names consist of. */
export const NAME_PATTERN = '^[A-Za-z][A-Za-z0-9_]{0,62}$'
/** Characters of a key template or pattern. */
export const MAX_TEMPLATE = 500
const RULESET_PATTERN = '^[a-z][a-z0-9_]{0,39}$'

const ttl = {
  title: 'a duration with a unit, such as 30s, 5m or 1h',
  description:
    'How long an entry is kept at most, if nothing makes it wrong before: the last net. A number and a unit, from 1ms to 365 days. 5 minutes unless said otherwise.',
  examples: ['30s', '5m', '1h', '1 day'],
  type: 'string',
  pattern: DURATION_PATTERN,
} as const

const max = {
  title: 'a whole number of entries from 1 to 1000000000',
  description: `How many entries a process holds at most; past that the least recently read one goes. ${DEFAULTS.max} unless said otherwise.`,
  examples: [1000, 10000],
  type: 'integer',
  minimum: 1,
  maximum: 1_000_000_000,
} as const

const jitter = {
  title: 'a percentage such as 10%',
  description:
    'The share of the TTL that is taken off at random, so that entries filled together do not expire together. 10% unless said otherwise; 0% switches it off.',
  examples: ['10%', '0%'],
  type: 'string',
  pattern: '^(100|[0-9]{1,2})%$',
} as const

const priority = {
  title: `one of ${PRIORITY_NAMES.join(', ')}`,
  description: 'Which cache comes first when there is more work than time. normal unless said otherwise.',
  examples: ['critical'],
  enum: PRIORITY_NAMES,
} as const

const cache = {
  title: 'a cache',
  description: 'A family of entries with one key template.',
  examples: [{ key: 'dashboard:{user_id}', params: { user_id: 'uuid' }, ttl: '5m' }],
  type: 'object',
  additionalProperties: false,
  required: ['key'],
  properties: {
    key: {
      title: 'a key template such as dashboard:{user_id}',
      description:
        'What the keys of the entries look like. Each {name} is a placeholder that params declares; separate placeholders by a character such as a colon.',
      examples: ['dashboard:{user_id}', 'report:{user_id}:{month}', 'overview'],
      type: 'string',
      minLength: 1,
      maxLength: MAX_TEMPLATE,
    },
    params: {
      title: 'params, as in { user_id: uuid }',
      description: 'The type of each placeholder of the key. Leave it out when the key has none.',
      examples: [{ user_id: 'uuid' }],
      type: ['object', 'null'],
      propertyNames: { pattern: NAME_PATTERN },
      additionalProperties: {
        title: `one of the types ${PARAM_TYPES.join(', ')}`,
        description: 'The type of the placeholder: that of the columns it is bound to.',
        examples: ['uuid'],
        enum: PARAM_TYPES,
      },
    },
    ttl,
    max,
    jitter,
    priority,
  },
} as const

const rule = {
  title: 'a rule',
  description: 'One thing to look for in changes of the table, and the cache that it makes wrong.',
  examples: [{ invalidate: 'dashboard', on: ['insert', 'update'], columns: ['status'] }],
  type: 'object',
  additionalProperties: false,
  required: ['invalidate'],
  properties: {
    invalidate: {
      title: 'the name of a cache, or a pattern such as report:{user_id}:*',
      description:
        'What the change makes wrong. The name of a cache: each of its params is read from the column of the same name. Or a pattern of keys: {column} is read from the column, * stands for any value.',
      examples: ['dashboard', 'report:{user_id}:*'],
      type: 'string',
      minLength: 1,
      maxLength: MAX_TEMPLATE,
    },
    with: {
      title: 'a map from params to columns, as in { user_id: id }',
      description: 'Where a param is found in the row, when the column has another name.',
      examples: [{ user_id: 'id' }],
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        title: 'the name of a column',
        description: 'The column of the changed row that holds the param.',
        examples: ['id'],
        type: 'string',
        minLength: 1,
      },
    },
    on: {
      title: 'a list of operations, as in [insert, update]',
      description:
        'Which operations matter: insert, update, delete, truncate. All of them unless said otherwise.',
      examples: [['insert', 'delete']],
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        title: `one of ${OPERATIONS.join(', ')}`,
        description: 'An operation on the table.',
        examples: ['insert'],
        enum: OPERATIONS,
      },
    },
    columns: {
      title: 'a list of columns, as in [status, duration]',
      description:
        'An update matters only when it changes one of these columns, or one that params or the condition read. Every column matters unless said otherwise.',
      examples: [['status', 'duration']],
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        title: 'the name of a column',
        description: 'A column of the table.',
        examples: ['status'],
        type: 'string',
        minLength: 1,
      },
    },
    when: {
      title: "an SQL condition such as status = 'completed'",
      description:
        'An SQL condition on the columns of the row. A change matters when the row before it or the row after it meets the condition.',
      examples: ["status = 'completed'", 'value > 1000 AND agent_id IS NOT NULL'],
      type: 'string',
      minLength: 1,
    },
  },
} as const

/**
 * The shape of a rule file, as JSON Schema 2020-12. Each `title` completes the sentence "Expected ...", each
 * `description` is what an editor shows.
 */
export const rulesSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'a rule file',
  description: 'What an application caches, and which changes in PostgreSQL make it wrong.',
  examples: [
    {
      version: 1,
      name: 'callcentre',
      caches: { dashboard: { key: 'dashboard:{user_id}', params: { user_id: 'uuid' } } },
      tables: { calls: [{ invalidate: 'dashboard' }] },
    },
  ],
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    version: {
      title: 'version 1',
      description: 'The version of the rule language. Stands in one file of the ruleset.',
      examples: [1],
      enum: [1],
    },
    name: {
      title: 'a name of lower-case letters, digits and _, at most 40, as in callcentre',
      description:
        'The name of the ruleset. Everything that is created in the database carries it, so that two applications can share one. Stands in one file of the ruleset.',
      examples: ['callcentre'],
      type: 'string',
      pattern: RULESET_PATTERN,
    },
    feed: {
      title: 'the feed notify',
      description: 'How changes come from the database to the application: notify uses LISTEN and NOTIFY.',
      examples: ['notify'],
      enum: ['notify'],
    },
    defaults: {
      title: 'a map of defaults, as in { ttl: 5m }',
      description:
        'What holds for each cache that does not say otherwise. Stands in one file of the ruleset.',
      examples: [{ ttl: '5m', priority: 'normal' }],
      type: ['object', 'null'],
      additionalProperties: false,
      properties: { ttl, max, jitter, priority },
    },
    caches: {
      title: 'a map from names to caches',
      description: 'The caches of the application, by name.',
      examples: [{ dashboard: { key: 'dashboard:{user_id}', params: { user_id: 'uuid' } } }],
      type: ['object', 'null'],
      propertyNames: { pattern: NAME_PATTERN },
      additionalProperties: cache,
    },
    tables: {
      title: 'a map from tables to lists of rules',
      description:
        'Which changes of which tables make what wrong. A name without a schema means public; names that are not lower case are quoted as in SQL.',
      examples: [{ calls: [{ invalidate: 'dashboard' }] }],
      type: ['object', 'null'],
      additionalProperties: {
        title: 'a list of rules, each beginning with - invalidate:',
        description: 'The rules of a table.',
        examples: [[{ invalidate: 'dashboard' }]],
        type: 'array',
        minItems: 1,
        items: rule,
      },
    },
  },
} as const
