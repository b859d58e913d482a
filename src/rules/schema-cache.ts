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
  },
} as const
