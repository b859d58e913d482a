import { DDL_NAMES, DEFAULTS, FEED_NAMES } from './defaults.ts'
import { cacheSchema } from './schema-cache.ts'
import { maxSize, untrustedFor, values, whenUntrusted } from './schema-memory.ts'
import { ruleSchema } from './schema-rule.ts'
import {
  jitter,
  max,
  maxKeys,
  NAME_PATTERN,
  priority,
  negativeTtl,
  refresh,
  staleIfError,
  ttl,
  WARMING_PATTERN,
} from './schema-shared.ts'
import { warmingSchema } from './schema-warming.ts'

/** Two `_` in a row part the ruleset from the table in the names of functions. */
const RULESET_PATTERN = '^[a-z](?:_?[a-z0-9])*$'

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
      title: 'a name of at most 40 lower-case letters, digits and single _ between them, as in callcentre',
      description:
        'The name of the ruleset. Everything that is created in the database carries it, so that two applications can share one. Stands in one file of the ruleset.',
      examples: ['callcentre'],
      type: 'string',
      maxLength: 40,
      pattern: RULESET_PATTERN,
    },
    feed: {
      title: 'a feed: notify, outbox or wal',
      description:
        'How changes come from the database to the application: notify uses LISTEN and NOTIFY, and notifying commits queue; outbox uses a table, from which a reader catches up after a lost connection; wal uses messages in the write-ahead log, which cost the writer least and need wal_level = logical. Stands in one file of the ruleset.',
      examples: [...FEED_NAMES],
      default: DEFAULTS.feed,
      enum: [...FEED_NAMES],
    },
    ddl: {
      title: 'ignore or watch',
      description:
        'Whether event triggers watch what is done to the watched tables themselves: watch gives new partitions their triggers at once, and makes wrong what ALTER TABLE, DROP and detached partitions change without firing a trigger. Only a superuser can make event triggers. Stands in one file of the ruleset.',
      examples: ['watch'],
      default: DEFAULTS.ddl,
      enum: [...DDL_NAMES],
    },
    defaults: {
      title: 'a map of defaults, as in { ttl: 5m }',
      description:
        'What holds for each cache that does not say otherwise. Stands in one file of the ruleset.',
      examples: [{ ttl: '5m', priority: 'normal' }],
      type: ['object', 'null'],
      additionalProperties: false,
      properties: {
        ttl,
        max,
        jitter,
        priority,
        refresh,
        'max-keys': maxKeys,
        'stale-if-error': staleIfError,
        'negative-ttl': negativeTtl,
        'max-size': maxSize,
        values,
        'when-untrusted': whenUntrusted,
        'untrusted-for': untrustedFor,
      },
    },
    caches: {
      title: 'a map from names to caches',
      description: 'The caches of the application, by name.',
      examples: [{ dashboard: { key: 'dashboard:{user_id}', params: { user_id: 'uuid' } } }],
      type: ['object', 'null'],
      propertyNames: { pattern: NAME_PATTERN },
      additionalProperties: cacheSchema,
    },
    tables: {
      title: 'a map from tables to lists of rules',
      description:
        'Which changes of which tables make what wrong. A name without a schema means public; names that are not lower case are quoted as in SQL.',
      examples: [{ calls: [{ invalidate: 'dashboard' }] }],
      type: ['object', 'null'],
      additionalProperties: {
        title: 'a list of rules, each beginning with - invalidate: or - refresh:',
        description: 'The rules of a table.',
        examples: [[{ invalidate: 'dashboard' }]],
        type: 'array',
        minItems: 1,
        items: ruleSchema,
      },
    },
    warming: {
      title: 'a map from names to warming sets',
      description: 'Which entries are loaded before anyone asks: at startup, on a schedule, or on demand.',
      examples: [{ 'active-dashboards': warmingSchema.examples[0] }],
      type: ['object', 'null'],
      propertyNames: { pattern: WARMING_PATTERN },
      additionalProperties: warmingSchema,
    },
  },
} as const
