import { DEFAULTS, MEANWHILE_NAMES, OPERATIONS, PRIORITY_NAMES } from './defaults.ts'
import { MAX_TEMPLATE, maxKeys } from './schema-shared.ts'

/** Tables between the changed row and a param. */
export const MAX_HOPS = 8

const target = {
  title: 'the name of a cache, or a pattern such as report:{user_id}:*',
  type: 'string',
  minLength: 1,
  maxLength: MAX_TEMPLATE,
} as const

const join = {
  title: 'a join such as agents ON agents.id = leads.agent_id',
  description:
    'A table, with an alias if one is wanted, and the columns that lead to it: each comparison is = between a column of this table and one of the rule’s table or of a table before it.',
  examples: ['agents ON agents.id = leads.agent_id', 'sales.teams AS t ON t.id = agents.team_id'],
  type: 'string',
  minLength: 1,
} as const

export const ruleSchema = {
  title: 'a rule',
  description: 'One thing to look for in changes of the table, and the cache that it makes wrong.',
  examples: [{ invalidate: 'dashboard', on: ['insert', 'update'], columns: ['status'] }],
  type: 'object',
  additionalProperties: false,
  anyOf: [{ required: ['invalidate'] }, { required: ['refresh'] }],
  not: { required: ['invalidate', 'refresh'] },
  properties: {
    invalidate: {
      ...target,
      description:
        'What the change makes wrong, to be dropped. The name of a cache: each of its params is read from the column of the same name. Or a pattern of keys, which may mean several caches: {column} is read from the column, a text stands for itself, * stands for any value. A rule has either this or refresh.',
      examples: ['dashboard', 'report:{user_id}:*', 'report:{user_id}:2026-03'],
    },
    refresh: {
      ...target,
      description:
        'As invalidate, but entries that are held are reloaded instead of dropped, so that the next read finds them.',
      examples: ['agent_performance', 'agent:{agent_id}:performance'],
    },
    via: {
      title: 'a join such as agents ON agents.id = leads.agent_id, or a list of them',
      description:
        'How to come from the changed row to the params, where they stand in other tables. Those tables are watched as well: what changes in them along this way makes the same entries wrong. At most 8 tables.',
      examples: [
        'agents ON agents.id = leads.agent_id',
        ['agents ON agents.id = leads.agent_id', 'teams ON teams.id = agents.team_id'],
      ],
      type: ['string', 'array'],
      minLength: 1,
      minItems: 1,
      maxItems: MAX_HOPS,
      items: join,
    },
    with: {
      title: 'a map from params to columns, as in { user_id: id }',
      description:
        'Where a param is found, when the column has another name or stands in a table of via. In a pattern it is the placeholder that is mapped.',
      examples: [{ user_id: 'id' }, { user_id: 'agents.user_id' }],
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        title: 'the name of a column',
        description:
          'The column of the changed row that holds the param, or, with the name of its table before it, of a table of via.',
        examples: ['id', 'agents.user_id'],
        type: 'string',
        minLength: 1,
      },
    },
    on: {
      title: 'a list of operations, as in [insert, update]',
      description: 'Which operations on the table matter.',
      examples: [['insert', 'delete']],
      default: OPERATIONS,
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
        'An update matters only when it changes one of these columns, or one that params, via or the condition read. Every column matters unless said otherwise.',
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
    'max-keys': {
      title: maxKeys.title,
      description:
        'How many different keys one statement may name by this rule; past that all keys of the cache are made wrong. The cache’s unless said otherwise.',
      examples: [100],
      type: 'integer',
      minimum: maxKeys.minimum,
      maximum: maxKeys.maximum,
    },
    priority: {
      title: `one of ${PRIORITY_NAMES.join(', ')}`,
      description:
        'With refresh: which reloads come first when there is more work than time. The cache’s unless said otherwise.',
      examples: ['high'],
      enum: PRIORITY_NAMES,
    },
    meanwhile: {
      title: `one of ${MEANWHILE_NAMES.join(', ')}`,
      description:
        'With refresh: what a read gets while the reload runs. wait: what is being loaded. serve: the value that is known to be wrong; an opt-out of the promise that nothing stale is served.',
      examples: ['serve'],
      default: DEFAULTS.meanwhile,
      enum: MEANWHILE_NAMES,
    },
  },
} as const
