import { PARAM_TYPES } from '../key/param.ts'
import {
  jitter,
  max,
  MAX_TEMPLATE,
  maxKeys,
  NAME_PATTERN,
  negativeTtl,
  priority,
  refresh,
  staleIfError,
  ttl,
} from './schema-shared.ts'
import { maxSize, untrustedFor, values, whenUntrusted } from './schema-memory.ts'

export const cacheSchema = {
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
        'What the keys of the entries look like. Each {name} is a placeholder that params declares; separate placeholders by a character such as a colon. No two caches may have a key in common.',
      examples: ['dashboard:{user_id}', 'report:{user_id}:{month}', 'overview'],
      type: 'string',
      minLength: 1,
      maxLength: MAX_TEMPLATE,
    },
    params: {
      title: 'params, as in { user_id: uuid }',
      description: 'The type of each placeholder of the key. Leave it out when the key has none.',
      examples: [{ user_id: 'uuid', status: 'call_status' }],
      type: ['object', 'null'],
      propertyNames: { pattern: NAME_PATTERN },
      additionalProperties: {
        title: `one of the types ${PARAM_TYPES.join(', ')}, or the name of an enum`,
        description:
          'The type of the placeholder: that of the columns it is bound to. Any other name is that of an enum in the database, with its schema if that is not public.',
        examples: ['uuid', 'call_status', 'sales.stage'],
        type: 'string',
        minLength: 1,
        maxLength: 200,
        anyOf: [{ enum: PARAM_TYPES }, { type: 'string' }],
      },
    },
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
    query: {
      title: 'one SELECT, in which a param stands as :user_id',
      description:
        'What the values are: one SELECT that only reads, with a placeholder such as :user_id for each param. It gives the loader, the type of the rows, and the watches: which changes of which tables make which entries wrong. `stalemate compile` asks a database once what it means, and keeps the answer in queries.lock.json.',
      examples: ['SELECT name, email FROM users WHERE id = :user_id'],
      type: 'string',
      minLength: 1,
      maxLength: 16_384,
    },
    one: {
      title: 'true or false',
      description:
        'Beside query: whether a value is the one row that it gives, or null where it gives none. Otherwise a value is a list of rows.',
      examples: [true],
      default: false,
      type: 'boolean',
    },
    derive: {
      title: 'true or false',
      description:
        'Beside query: whether the watches follow from it. With false only rules under tables: make entries wrong: an opt-out of the promise that nothing stale is served, as far as those rules miss something, which is reported.',
      examples: [false],
      default: true,
      type: 'boolean',
    },
    'depends-on': {
      title: 'a list of tables, as in [settings]',
      description:
        'Beside query: tables that it reads where nobody can see it, as in a function. Each change of them makes all entries wrong.',
      examples: [['settings', 'sales.prices']],
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        title: 'the name of a table',
        description: 'As in SQL; without a schema it is in public.',
        examples: ['settings'],
        type: 'string',
        minLength: 1,
        maxLength: 200,
      },
    },
    'session-independent': {
      title: 'true or false',
      description:
        'Beside query: declares that the outcome is the same for every role and all settings of a session, although row-level security or a function such as current_setting takes part in it.',
      examples: [true],
      default: false,
      type: 'boolean',
    },
  },
} as const
