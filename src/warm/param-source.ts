import type { Params, ParamDeclaration } from '../cache/identity.ts'
import { canonicalParam, decodeParam, type ParamValue } from '../key/param.ts'
import type { ManifestWarming } from '../manifest/manifest.ts'

type Row = Readonly<Record<string, unknown>>

/** A connection of its own for one query. */
export type Session = {
  readonly query: (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly Row[] }>
  /** Ends it at once. */
  readonly destroy: () => void
}

export type OpenSession = (signal: AbortSignal) => Promise<Session>

/** Canonical values in the order of the declaration; `undefined` for a row that is no params of the cache. */
export type ParamRow = readonly ParamValue[] | undefined

/** Rows as they come, many at a time: to wait for each by itself would cost more than all else that is done for it. */
export type ParamSource = AsyncIterable<readonly ParamRow[]>

/** Told, once it is known, how many params there are. */
export type Known = (total: number) => void

/** Rows of a cursor that come at once: most sets are read by one look, whose snapshot is not held while they are loaded. */
const ROWS = 1000

/** The params of a list, in its order. */
export async function* listParams(
  declared: readonly ParamDeclaration[],
  items: readonly Params[],
): AsyncGenerator<readonly ParamRow[]> {
  yield items.map((item) => declared.map(({ name, type }) => canonicalParam(type, item[name], name)))
}

export type ParamQuery = {
  readonly sql: string
  readonly given: Params
  /** Rows that are wanted at most. */
  readonly limit: number
  /** Milliseconds. */
  readonly timeout: number
  readonly known?: Known
}

/** The params that a query gives, by a cursor, of which no more rows are asked than are wanted. */
export async function* queryParams(
  declared: readonly ParamDeclaration[],
  { sql, given, limit, timeout, known }: ParamQuery,
  open: OpenSession,
  signal: AbortSignal,
): AsyncGenerator<readonly ParamRow[]> {
  const session = await open(signal)
  const stop = (): void => session.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await session.query('BEGIN READ ONLY')
    await session.query(
      "SELECT set_config('statement_timeout', $1, true), set_config('datestyle', 'ISO', true)",
      [String(Math.ceil(timeout))],
    )
    const { text, values } = cursorSql(declared, sql, given)
    await session.query(text, values)
    let count = 0
    const fetch = async (): Promise<{ readonly rows: readonly Row[]; readonly isLast: boolean }> => {
      const wanted = Math.min(ROWS, limit - count)
      const { rows } = await session.query(`FETCH ${wanted} FROM stalemate_params`)
      count += rows.length
      const isLast = rows.length < wanted || count === limit
      if (isLast) {
        known?.(count)
        await session.query('COMMIT')
      }
      return { rows, isLast }
    }
    let coming = fetch()
    for (;;) {
      const { rows, isLast } = await coming
      // The next rows come while these are loaded.
      if (!isLast) coming = fetch()
      // Who wants no more rows does not wait for them.
      coming.catch(() => {})
      yield rows.map((row) => readRow(declared, row))
      if (isLast) return
    }
  } finally {
    signal.removeEventListener('abort', stop)
    session.destroy()
  }
}

/** The texts of all params, of rows that have the given ones. */
function cursorSql(
  declared: readonly ParamDeclaration[],
  sql: string,
  given: Params,
): { readonly text: string; readonly values: readonly unknown[] } {
  const column = (name: string): string => `(q."${name}")::text`
  const list = declared.map(({ name }) => `${column(name)} AS "${name}"`).join(', ')
  const bound = declared.filter(({ name }) => given[name] !== undefined)
  const conditions = bound.map(({ name }, index) => `${column(name)} = $${index + 1}`)
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  return {
    text: `DECLARE stalemate_params NO SCROLL CURSOR FOR SELECT ${list} FROM (${sql}\n) AS q${where}`,
    values: bound.map(({ name, type }) => String(canonicalParam(type, given[name], name))),
  }
}

function readRow(declared: readonly ParamDeclaration[], row: Row): ParamRow {
  const values: ParamValue[] = []
  for (const { name, type } of declared) {
    const text = row[name]
    const value = typeof text === 'string' ? decodeParam(type, text) : undefined
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

/** What is expected to be asked for, the most wanted first. */
export type Expect = (signal: AbortSignal) => Promise<readonly (readonly ParamValue[])[]>

async function* expectedParams(
  declared: readonly ParamDeclaration[],
  wanted: readonly (readonly [string, ParamValue])[],
  expect: Expect,
  signal: AbortSignal,
  known: Known,
): AsyncGenerator<readonly ParamRow[]> {
  const places = wanted.map(([name, value]) => [declared.findIndex((param) => param.name === name), value] as const) // prettier-ignore
  const all = await expect(signal)
  const chosen = all.filter((values) => places.every(([place, value]) => values[place] === value))
  known(chosen.length)
  yield chosen
}

export type ParamOptions = {
  readonly open: OpenSession
  readonly expect: Expect
  readonly signal: AbortSignal
  readonly known?: Known
}

/** The params of a set that have the given values; where all are given, these, whether the set has them or not. */
export function openParams(
  { params, limit, timeout }: Pick<ManifestWarming, 'params' | 'limit' | 'timeout'>,
  declared: readonly ParamDeclaration[],
  given: Params,
  { open, expect, signal, known = () => {} }: ParamOptions,
): ParamSource {
  const list = (items: readonly Params[]): ParamSource => {
    known(items.length)
    return listParams(declared, items)
  }
  if (declared.length > 0 && declared.every(({ name }) => given[name] !== undefined)) return list([given])
  if (params.kind === 'query')
    return queryParams(declared, { sql: params.sql, given, limit, timeout, known }, open, signal)
  const wanted = declared
    .filter(({ name }) => given[name] !== undefined)
    .map(({ name, type }) => [name, canonicalParam(type, given[name], name)] as const)
  if (params.kind === 'learned') return expectedParams(declared, wanted, expect, signal, known)
  return list(params.items.filter((item) => wanted.every(([name, value]) => item[name] === value)))
}
