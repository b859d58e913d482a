import type { SqlParser } from '../sql/load-parser.ts'
import { fromCodePoints } from '../sql/offsets.ts'
import { cutPlaceholders, joinPieces, placeInPieces } from '../sql/placeholders.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { toNames } from '../sql/tree.ts'
import { type Ask, askFunctions, askRelations, compareNames, type FoundFunction } from './ask-catalog.ts'
import { type LockedFunction, type LockedQuery, PARAM_PREFIX } from './lock.ts'
import { findNodes } from './names.ts'
import { besideList, hashQuery, sqlType, type WrittenQuery } from './written-query.ts'

/** Why PostgreSQL does not take a query; `at` is a UTF-16 offset in its text. */
export type QueryRefusal = { readonly kind: 'refused'; readonly message: string; readonly hint?: string; readonly at: number } // prettier-ignore

const VIEW = 'stalemate_query'
/** What the server prints then does not depend on who asks. */
const SETTINGS = [
  `DateStyle = 'ISO, YMD'`,
  'IntervalStyle = postgres',
  `TimeZone = 'UTC'`,
  'extra_float_digits = 1',
  'quote_all_identifiers = off',
  'jit = off',
]

/**
 * Asks PostgreSQL what a query means: in a transaction that is rolled back, as a temporary view in which a call of a
 * temporary function stands for each param. The server itself resolves names, `*` and the search path.
 */
export async function askQuery(
  ask: Ask,
  query: WrittenQuery,
  parser: SqlParser,
): Promise<LockedQuery | QueryRefusal> {
  await ask('BEGIN')
  try {
    return await askInside(ask, query, parser)
  } finally {
    await ask('ROLLBACK').catch(() => undefined)
  }
}

async function askInside(
  ask: Ask,
  query: WrittenQuery,
  parser: SqlParser,
): Promise<LockedQuery | QueryRefusal> {
  const { sql, params } = query
  for (const setting of SETTINGS) await ask(`SET LOCAL ${setting}`)
  for (const { name, type } of params)
    await ask(`CREATE FUNCTION pg_temp.${PARAM_PREFIX}${name}() RETURNS ${sqlType(type)} LANGUAGE sql IMMUTABLE AS 'SELECT NULL::${sqlType(type)}'`) // prettier-ignore
  const pieces = cutPlaceholders(parser, sql, new Set(params.map(({ name }) => name)))
  const put = (name: string): string => `pg_temp.${PARAM_PREFIX}${name}()`
  const before = `CREATE TEMP VIEW ${VIEW} AS `
  const refusal = await attempt(ask, before + joinPieces(pieces, put))
  if (refusal !== undefined) {
    const offset = refusal.position === undefined ? 0 : Math.max(0, refusal.position - 1 - before.length)
    return { kind: 'refused', message: refusal.message, at: placeInPieces(pieces, put, offset), ...(refusal.hint === undefined ? {} : { hint: refusal.hint }) } // prettier-ignore
  }
  const { rows: columns } = await ask(
    `SELECT a.attname AS name, (
       WITH RECURSIVE base (oid, kind, of) AS (
         SELECT t.oid, t.typtype, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
         UNION ALL SELECT t.oid, t.typtype, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.of WHERE base.kind = 'd')
       SELECT format_type(oid, NULL) FROM base WHERE kind <> 'd') AS type
     FROM pg_attribute a WHERE a.attrelid = 'pg_temp.${VIEW}'::regclass AND a.attnum > 0 ORDER BY a.attnum`,
  )
  const views = [await viewOid(ask, VIEW)]
  const functions = await expandFunctions(ask, views, parser)
  await ask(`SET LOCAL search_path = ''`)
  const parse = (text: string): unknown => parser.parseSync(text)
  const printed = await printView(ask, VIEW)
  const relations = await askRelations(ask, views)
  const { rows } = await ask(`SELECT current_setting('server_version_num')::int / 10000 AS version`)
  const locked = {
    hash: hashQuery(query),
    server: Number(rows[0]?.['version']),
    sql: printed,
    outputs: columns.map(({ name, type }) => ({ name: String(name), type: String(type) })),
    relations,
    functions,
  }
  const texts = [printed, ...relations.map((one) => one.sql), ...functions.map((one) => one.sql)]
  const calls = texts.flatMap((text) => (text === undefined ? [] : findNodes(parse(text), 'FuncCall')))
  const names = [...new Set(calls.map(({ fields }) => toNames(fields['funcname']).at(-1) ?? ''))]
  const { rows: aggregates } = await ask(
    `SELECT DISTINCT proname AS name FROM pg_proc WHERE prokind = 'a' AND proname = ANY ($1) ORDER BY 1`,
    [names],
  )
  const many = params.length > 0 && (await attempt(ask, `CREATE TEMP VIEW stalemate_many AS ${besideList(printed, params, parse, (_, type) => `ARRAY[]::${type}[]`)}`)) === undefined // prettier-ignore
  return { ...locked, aggregates: aggregates.map(({ name }) => String(name)), many }
}

type Failure = { readonly message: string; readonly hint?: string; readonly position?: number }

async function attempt(ask: Ask, text: string): Promise<Failure | undefined> {
  await ask('SAVEPOINT stalemate')
  try {
    await ask(text)
    return undefined
  } catch (error) {
    // Only what the server says of the text is an answer; a lost connection is none.
    if (!(error instanceof Error) || !('severity' in error)) throw error
    await ask('ROLLBACK TO SAVEPOINT stalemate')
    const { hint, position } = error as { hint?: string; position?: string }
    return {
      message: error.message,
      ...(hint === undefined ? {} : { hint }),
      ...(position === undefined ? {} : { position: utf16Position(text, Number(position)) }),
    }
  }
}

/** The server counts characters, not UTF-16 units; both from 1. */
function utf16Position(text: string, position: number): number {
  return fromCodePoints(text, position - 1) + 1
}

async function viewOid(ask: Ask, name: string): Promise<string> {
  const { rows } = await ask(`SELECT 'pg_temp.${name}'::regclass::oid::text AS oid`)
  return String(rows[0]?.['oid'])
}

async function printView(ask: Ask, name: string): Promise<string> {
  const { rows } = await ask(`SELECT pg_get_viewdef('pg_temp.${name}'::regclass) AS sql`)
  return String(rows[0]?.['sql'])
}

/** Reads the bodies of functions in SQL, as views in which their arguments are columns; adds those views to `views`. */
async function expandFunctions(
  ask: Ask,
  views: string[],
  parser: SqlParser,
): Promise<readonly LockedFunction[]> {
  const found = new Map<string, { name: string | undefined; one: FoundFunction }>()
  for (let grown = true; grown;) {
    grown = false
    for (const one of await askFunctions(ask, views)) {
      if (found.has(one.oid)) continue
      grown = true
      const name = `stalemate_function_${found.size}`
      const text = one.body === undefined ? undefined : bodyQuery(one, one.body, parser)
      const done =
        text !== undefined && (await attempt(ask, `CREATE TEMP VIEW ${name} AS ${text}`)) === undefined
      found.set(one.oid, { name: done ? name : undefined, one })
      if (done) views.push(await viewOid(ask, name))
    }
  }
  const { rows } = await ask(`SELECT current_setting('search_path') AS path`)
  await ask(`SET LOCAL search_path = ''`)
  const locked: LockedFunction[] = []
  for (const { name, one } of found.values()) {
    const sql = name === undefined ? undefined : await printView(ask, name)
    const { schema, language, volatility } = one
    locked.push({ schema, name: one.name, volatility, language, ...(sql === undefined ? {} : { sql }) })
  }
  await ask(`SELECT set_config('search_path', $1, true)`, [rows[0]?.['path']])
  return locked.sort(compareNames)
}

/** A body of one query, beside a row of its arguments: a name means a column first, then an argument, as in the function. */
function bodyQuery(
  { name, arguments: list }: FoundFunction,
  body: string,
  parser: SqlParser,
): string | undefined {
  const inner = body
    .replace(/^\s*BEGIN ATOMIC\s+([\s\S]*?);?\s*END\s*$/i, '$1')
    .replace(/^\s*RETURN\b/i, 'SELECT')
  const columns = list.map(({ name: own, type }, index) => `NULL::${type} AS ${quoteIdentifier(own ?? `argument_${index + 1}`)}`) // prettier-ignore
  const alias = quoteIdentifier(name)
  let text: string
  try {
    text = replaceNumbers(inner.trim().replace(/;$/, ''), parser, (index) => {
      const own = list[index]?.name ?? `argument_${index + 1}`
      return `${alias}.${quoteIdentifier(own)}`
    })
  } catch {
    return undefined
  }
  // As one text: what the body gives may have no names, or one twice, and no column of a view can be a record.
  return `SELECT body.value AS one FROM (SELECT ${columns.join(', ')}) AS ${alias} CROSS JOIN LATERAL (SELECT ROW(inner_row.*)::text AS value FROM (${text}) AS inner_row) AS body`
}

function replaceNumbers(text: string, parser: SqlParser, put: (index: number) => string): string {
  let result = ''
  let from = 0
  const bytes = Buffer.from(text)
  for (const { start, end, tokenName } of parser.scanSync(text).tokens) {
    if (tokenName !== 'PARAM') continue
    result +=
      bytes.subarray(from, start).toString() + put(Number(bytes.subarray(start + 1, end).toString()) - 1)
    from = end
  }
  return result + bytes.subarray(from).toString()
}
