import { isFields, type SqlFields, textField, toNames, toNode } from '../sql/tree.ts'
import type { QueryProblem } from './derivation.ts'
import type { LockedFunction, LockedQuery, LockedRelation } from './lock.ts'
import { findNodes } from './names.ts'
import { paramName } from './resolve.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** What PostgreSQL's own functions give at another moment, or at random. */
const TIMES = words(
  'now transaction_timestamp statement_timestamp clock_timestamp timeofday age random random_normal setseed gen_random_uuid uuidv4 uuidv7 pg_sleep txid_current pg_current_xact_id pg_current_snapshot txid_current_snapshot',
)
/** What depends on who asks, or on settings of the session. */
const SESSION = words(
  'current_setting current_user session_user current_schema current_schemas user getdatabaseencoding pg_backend_pid inet_client_addr inet_client_port has_table_privilege has_column_privilege has_schema_privilege pg_has_role row_security_active',
)
/** What reads tables that nobody names. */
const READERS = words(
  'query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml table_to_xml table_to_xmlschema table_to_xml_and_xmlschema schema_to_xml database_to_xml ts_stat lo_get pg_read_file pg_read_binary_file pg_ls_dir nextval currval lastval setval pg_relation_size pg_total_relation_size pg_table_size pg_database_size obj_description col_description pg_get_viewdef to_regclass',
)
const VALUE_TIMES = /^SVFOP_(?:CURRENT_(?:DATE|TIME|TIMESTAMP)|LOCALTIME)/
const SYSTEM_COLUMNS = words('ctid xmin xmax cmin cmax tableoid')

export type Declared = {
  /** The outcome is the same for each session, whatever its role and settings are. */
  readonly sessionIndependent: boolean
  /** Tables whose every change makes the whole cache wrong are declared. */
  readonly dependsOn: boolean
}

/** What cannot be derived from, and what is missed though it can be. */
export function inspectQuery(
  locked: LockedQuery,
  parse: (sql: string) => unknown,
  declared: Declared,
): readonly QueryProblem[] {
  const problems = new Map<string, QueryProblem>()
  const add = (
    severity: 'error' | 'warning',
    code: QueryProblem['code'],
    message: string,
    hint: string,
  ): void => {
    problems.set(message, { severity, code, message, hint })
  }
  const ofSession = (what: string): void => {
    if (declared.sessionIndependent) return
    add('error', 'query-session', `The query asks ${what}, so that its outcome depends on the session.`, 'A cache has one value for all sessions: pass it as a param, or write session-independent: true if it is the same for all.') // prettier-ignore
  }
  const ctes = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    if (!isFields(value)) return
    const node = toNode(value)
    if (node?.type === 'SQLValueFunction') {
      const op = textField(node.fields, 'op')
      if (VALUE_TIMES.test(op)) time(op.slice('SVFOP_'.length).replace(/_N$/, '').toLowerCase())
      else ofSession(op.slice('SVFOP_'.length).toLowerCase())
    }
    if (node?.type === 'FuncCall' && paramName(node) === undefined) called(toNames(node.fields['funcname']))
    if (node?.type === 'RangeVar') inspectName(node.fields, ctes, add)
    if (node?.type === 'RangeTableSample')
      add('warning', 'query-volatile', 'TABLESAMPLE gives other rows each time.', TTL)
    if (node?.type === 'ColumnRef') {
      const name = toNames(node.fields['fields']).at(-1) ?? ''
      if (SYSTEM_COLUMNS.has(name))
        add('error', 'query-unfit', `The query reads the system column ${name}, of whose changes no trigger tells.`, 'Use a column of the table.') // prettier-ignore
    }
    Object.values(value).forEach(visit)
  }
  const time = (name: string): void => {
    add(
      'warning',
      'query-volatile',
      `The query asks ${name}, and nothing tells when its answer changes.`,
      TTL,
    )
  }
  const called = (names: readonly string[]): void => {
    const name = names.at(-1) ?? ''
    if (names.length > 1 && names[0] !== 'pg_catalog') return
    if (TIMES.has(name)) time(`${name}()`)
    if (SESSION.has(name)) ofSession(`${name}()`)
    if (READERS.has(name))
      add('error', 'query-unfit', `The query calls ${name}(), which reads what no trigger tells of.`, 'Read tables, or leave it out.') // prettier-ignore
  }
  const texts = [
    locked.sql,
    ...locked.relations.map(({ sql }) => sql),
    ...locked.functions.map(({ sql }) => sql),
  ]
  const trees = texts.flatMap((text) => (text === undefined ? [] : [parse(text)]))
  for (const { fields } of findNodes(trees, 'CommonTableExpr')) ctes.add(textField(fields, 'ctename'))
  trees.forEach(visit)
  for (const one of locked.functions) inspectFunction(one, declared, add)
  for (const one of locked.relations) inspectRelation(one, declared, add)
  return [...problems.values()]
}

/** PostgreSQL writes down of no view that it reads a system catalog; the name alone says so, as the server prints it. */
function inspectName(fields: SqlFields, ctes: ReadonlySet<string>, add: Add): void {
  const name = textField(fields, 'relname')
  if (fields['schemaname'] !== undefined || ctes.has(name)) return
  add('error', 'query-unfit', `The query reads ${name}, a system catalog, on which no trigger can be.`, 'Cache nothing that depends on it.') // prettier-ignore
}

const TTL = 'The TTL bounds how old the value can be: choose it for that.'

type Add = (severity: 'error' | 'warning', code: QueryProblem['code'], message: string, hint: string) => void

function inspectFunction(
  { schema, name, volatility, language, sql }: LockedFunction,
  { dependsOn }: Declared,
  add: Add,
): void {
  const own = language === 'c' || language === 'internal'
  if (volatility === 'immutable' || (own && volatility === 'stable') || sql !== undefined || dependsOn) return
  add(
    'warning',
    'query-function',
    `What the function ${schema}.${name} reads is not known.`,
    'Name the tables in depends-on, or declare it IMMUTABLE if it reads none.',
  )
}

function inspectRelation(
  { schema, name, kind, rowSecurity }: LockedRelation,
  declared: Declared,
  add: Add,
): void {
  const shown = schema === 'public' || schema === 'pg_catalog' ? name : `${schema}.${name}`
  switch (kind) {
    case 'system':
      add('error', 'query-unfit', `The query reads ${shown}, a system catalog, on which no trigger can be.`, 'Cache nothing that depends on it.') // prettier-ignore
      break
    case 'foreign-table':
      add('error', 'query-unfit', `The query reads ${shown}, a foreign table: its rows change on another server.`, 'Install rules there, and invalidate by them.') // prettier-ignore
      break
    case 'temporary':
    case 'sequence':
      add(
        'error',
        'query-unfit',
        `The query reads ${shown}, of whose changes no trigger tells.`,
        'Read tables.',
      )
      break
    case 'materialized-view':
      add('warning', 'query-materialized', `${shown} is a materialized view, which changes when it is refreshed, and PostgreSQL fires no trigger then.`, 'Invalidate the cache after each REFRESH; until then its TTL is the bound.') // prettier-ignore
      break
    case 'table':
    case 'partitioned':
    case 'partition':
    case 'view':
  }
  if (rowSecurity === true && !declared.sessionIndependent)
    add('error', 'query-session', `${shown} has row-level security, so that what the query sees depends on the role.`, 'Write session-independent: true if the runtime’s role sees what all are to see.') // prettier-ignore
}
