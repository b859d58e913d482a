import { createHash } from 'node:crypto'
import { isEnumType, type ParamType } from '../key/param.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { replaceParamCalls } from './param-calls.ts'

/** A cache's query as it is written. */
export type WrittenQuery = {
  readonly sql: string
  readonly params: readonly { readonly name: string; readonly type: ParamType }[]
}

/** What a query is known by in the lock file. */
export function hashQuery({ sql, params }: WrittenQuery): string {
  const text = JSON.stringify([sql, params.map(({ name, type }) => [name, type])])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** The name of a param's type in SQL. */
export function sqlType(type: ParamType): string {
  if (!isEnumType(type)) return type
  const name = type.slice('enum:'.length)
  return (name.includes('.') ? name.split('.') : ['public', name]).map(quoteIdentifier).join('.')
}

type Parse = (sql: string) => unknown

/** The query of one entry: `$1`, `$2`, ... are its params. */
export function oneSql(printed: string, params: WrittenQuery['params'], parse: Parse): string {
  const places = new Map(params.map(({ name, type }, index) => [name, `$${index + 1}::${sqlType(type)}`]))
  return replaceParamCalls(trim(printed), parse, (name) => `(${places.get(name) ?? 'NULL'})`)
}

/** The query of many entries: `$1`, `$2`, ... are arrays with an element for each. */
export function manySql(printed: string, params: WrittenQuery['params'], parse: Parse): string {
  return besideList(printed, params, parse, (index, type) => `$${index + 1}::${type}[]`)
}

const LIST = 'stalemate_params'

/** The query for each of a list of params; the first column is the place in the list, from 1. */
export function besideList(
  printed: string,
  params: WrittenQuery['params'],
  parse: Parse,
  array: (index: number, type: string) => string,
): string {
  const inner = replaceParamCalls(trim(printed), parse, (name) => `${LIST}.${name}`)
  const arrays = params.map(({ type }, index) => array(index, sqlType(type)))
  const names = [...params.map(({ name }) => name), 'stalemate_place']
  return `SELECT ${LIST}.stalemate_place::int, found.*
FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS ${LIST} (${names.join(', ')})
CROSS JOIN LATERAL (
${inner}
) AS found`
}

function trim(printed: string): string {
  return printed.trim().replace(/;$/, '')
}
