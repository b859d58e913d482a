const text = { type: 'string', minLength: 1 } as const
const texts = { type: 'array', items: text } as const
const flag = { type: 'boolean' } as const

type Properties = Readonly<Record<string, object>>

function object(required: Properties, optional: Properties = {}) {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(required),
    properties: { ...required, ...optional },
  }
}

function listOf(items: object) {
  return { type: 'array', items }
}

function oneOf(...values: readonly string[]) {
  return { enum: values }
}

const name = { schema: text, name: text }
const qualified = object(name)
const action = oneOf('no-action', 'restrict', 'cascade', 'set-null', 'set-default')

const column = object(
  {
    name: text,
    type: text,
    base: qualified,
    category: { type: 'string', minLength: 1, maxLength: 1 },
    nullable: flag,
  },
  {
    domain: qualified,
    generated: oneOf('stored', 'virtual'),
    identity: oneOf('always', 'by-default'),
    collation: object(
      { ...name, provider: oneOf('default', 'libc', 'icu', 'builtin'), deterministic: flag },
      { caseInsensitive: flag },
    ),
  },
)

const index = object({ name: text, method: text, columns: texts, unique: flag }, { predicate: text })

const foreignKey = object({
  name: text,
  columns: texts,
  references: object({ ...name, columns: texts }),
  onDelete: action,
  onUpdate: action,
})

const relation = object(
  {
    ...name,
    kind: oneOf('table', 'partitioned', 'partition', 'view', 'materialized-view', 'foreign-table'),
    persistence: oneOf('permanent', 'unlogged'),
    columns: listOf(column),
    uniqueKeys: listOf(texts),
    indexes: listOf(index),
    foreignKeys: listOf(foreignKey),
    inherits: listOf(qualified),
    rowSecurity: oneOf('off', 'on', 'forced'),
    hasTriggers: flag,
  },
  { primaryKey: texts, partitionOf: qualified, partitionKey: text },
)

/** The shape of a catalog file below its head, as JSON Schema 2020-12. */
export const catalogSchema = object(
  {
    kind: { const: 'catalog' },
    version: { type: 'integer' },
    server: { type: 'integer' },
    schemas: texts,
    relations: listOf(relation),
    enums: listOf(object({ ...name, labels: texts })),
  },
  { about: { type: 'string' }, functions: listOf(qualified) },
)
