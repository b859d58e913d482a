import { Ajv2020 } from 'ajv/dist/2020.js'
import { StalemateError } from '../errors.ts'
import { catalogSchema } from './catalog-schema.ts'
import { CATALOG_VERSION, type Catalog, type CatalogRelation } from './catalog.ts'
import { makeCatalog } from './make-catalog.ts'

const ABOUT = 'Made by `stalemate pull`. Do not edit: change the database and pull again.'

/**
 * A catalog as the text of `generated/catalog.json`: the same catalog gives the same bytes. Each column, index and
 * foreign key has a line of its own, so that a difference reads like one.
 */
export function formatCatalog(catalog: Catalog): string {
  const { kind, version, server, schemas, relations, enums, functions } = catalog
  return `${object([
    ['about', JSON.stringify(ABOUT)],
    ['kind', JSON.stringify(kind)],
    ['version', JSON.stringify(version)],
    ['server', JSON.stringify(server)],
    ['schemas', JSON.stringify(schemas)],
    ['relations', list(relations.map(formatRelation), 2)],
    ['enums', list(enums.map(compact), 2)],
    ['functions', functions && list(functions.map(compact), 2)],
  ])}\n`
}

/** In the order of the type, whatever the order in which the object was made. */
function formatRelation(relation: CatalogRelation): string {
  const { schema, name, kind, persistence, columns, primaryKey, uniqueKeys, indexes, foreignKeys } = relation
  const { partitionOf, partitionKey, inherits, rowSecurity, hasTriggers } = relation
  const line = (value: object | string | boolean | undefined): string | undefined =>
    value === undefined ? undefined : compact(value)
  return object(
    [
      ['schema', line(schema)],
      ['name', line(name)],
      ['kind', line(kind)],
      ['persistence', line(persistence)],
      ['columns', list(columns.map(compact), 6)],
      ['primaryKey', line(primaryKey)],
      ['uniqueKeys', line(uniqueKeys)],
      ['indexes', list(indexes.map(compact), 6)],
      ['foreignKeys', list(foreignKeys.map(compact), 6)],
      ['partitionOf', line(partitionOf)],
      ['partitionKey', line(partitionKey)],
      ['inherits', line(inherits)],
      ['rowSecurity', line(rowSecurity)],
      ['hasTriggers', line(hasTriggers)],
    ],
    4,
  )
}

function object(entries: readonly (readonly [string, string | undefined])[], indent = 0): string {
  const lines = entries.flatMap(([key, value]) =>
    value === undefined ? [] : [`${' '.repeat(indent + 2)}${JSON.stringify(key)}: ${value}`],
  )
  return `{\n${lines.join(',\n')}\n${' '.repeat(indent)}}`
}

function list(items: readonly string[], indent: number): string {
  if (items.length === 0) return '[]'
  const pad = ' '.repeat(indent + 2)
  return `[\n${items.map((item) => pad + item).join(',\n')}\n${' '.repeat(indent)}]`
}

/** One line, with the blanks that make it readable. */
function compact(value: object | string | boolean): string {
  if (Array.isArray(value)) return `[${value.map((item: string | object) => compact(item)).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value as Record<string, object | string | boolean>)
  return `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${compact(item)}`).join(', ')} }`
}

/**
 * Reads the text of a catalog file.
 *
 * @throws StalemateError `catalog-invalid` when it is no JSON, of another version, or not of a catalog's shape
 */
export function parseCatalog(text: string): Catalog {
  const value = readJson(text)
  const { kind, version } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Catalog>
  if (kind !== 'catalog') fail('it does not say that it is a catalog')
  if (version !== CATALOG_VERSION)
    fail(`its version is ${JSON.stringify(version)}, this stalemate reads ${CATALOG_VERSION}`)
  // Compiled for each file: a process reads one.
  const validate = new Ajv2020({ logger: false }).compile<Catalog>(catalogSchema)
  if (!validate(value)) {
    const [error] = validate.errors ?? []
    fail(`${error?.instancePath || 'the document'} ${error?.message ?? 'is wrong'}`)
  }
  return makeCatalog(value)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return fail('it is no JSON', error)
  }
}

function fail(why: string, cause?: unknown): never {
  throw new StalemateError('catalog-invalid', `This is no usable catalog: ${why}.`, {
    hint: 'Make it anew with `stalemate pull`.',
    cause,
  })
}
