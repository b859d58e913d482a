import type { ParamType } from '../key/param.ts'
import type { TableName } from '../rules/ruleset.ts'
import type { Occurrence } from './block.ts'
import type { Derivation, DerivedWatch, Widening } from './derivation.ts'
import { type Fact, type Facts, NOTHING, termsOf } from './facts.ts'
import { type Declared, inspectQuery } from './inspect-query.ts'
import type { LockedQuery } from './lock.ts'
import { describeRow } from './nullable.ts'
import { reachParams } from './reach.ts'
import { TooMuch } from './read-from.ts'
import { type ReadQuery, readQuery } from './read-query.ts'
import { classOfParam } from './type-class.ts'
import { walkQuery } from './walk.ts'
import { waysFrom } from './ways.ts'

/** What a cache says of its query. */
export type QuerySubject = {
  readonly params: readonly { readonly name: string; readonly type: ParamType }[]
  readonly dependsOn: readonly { readonly schema: string; readonly name: string }[]
  readonly sessionIndependent: boolean
}

/**
 * What follows from a query: which changes of which tables make which of a cache's entries wrong. Never narrower than
 * the truth; where something is not understood, every change of a table makes all entries wrong.
 */
export function deriveQuery(
  locked: LockedQuery,
  subject: QuerySubject,
  parse: (sql: string) => unknown,
): Derivation {
  const names = subject.params.map(({ name }) => name)
  const classes = new Map(subject.params.map(({ name, type }) => [name, classOfParam(type)]))
  const declared: Declared = {
    sessionIndependent: subject.sessionIndependent,
    dependsOn: subject.dependsOn.length > 0,
  }
  const problems = inspectQuery(locked, parse, declared)
  const whole = (table: { schema: string; name: string }, why: string): DerivedWatch => ({
    table: { schema: table.schema, name: table.name },
    alias: table.name,
    params: [],
    path: undefined,
    columns: 'all',
    condition: undefined,
    widened: names.map((param) => ({ param, why })),
  })
  const inFunctions = locked.functions.flatMap((one) => {
    if (one.sql === undefined) return []
    const query = readQuery(locked, parse, new Map(), one.sql)
    const widen = (watch: DerivedWatch): DerivedWatch => ({
      ...watch,
      widened: names.map((param) => ({ param, why: `the function ${one.name} reads it` })),
    })
    return watchesOf(query, []).map(widen)
  })
  const declaredWatches = subject.dependsOn.map((table) => whole(table, 'depends-on says no more'))
  try {
    const query = readQuery(locked, parse, classes)
    const row = describeRow(query.block, locked, walkQuery(query))
    const watches = [...watchesOf(query, names), ...inFunctions, ...declaredWatches]
    return { kind: 'derivation', watches: sortWatches(watches), row, problems }
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    const tables = locked.relations.filter(({ kind }) => kind !== 'view' && kind !== 'materialized-view')
    const why = `the query has ${error.message}`
    const watches = [...tables.map((table) => whole(table, why)), ...inFunctions, ...declaredWatches]
    const row = locked.outputs.map(({ name, type }) => ({ name, type, nullable: true }))
    return { kind: 'derivation', watches: sortWatches(watches), row, problems }
  }
}

function watchesOf(query: ReadQuery, names: readonly string[]): readonly DerivedWatch[] {
  const contexts = walkQuery(query)
  const watched = query.occurrences.filter(({ relation }) =>
    ['table', 'partitioned', 'partition'].includes(relation.kind),
  )
  const known = new Map(watched.map((one) => [one, contexts.get(one)?.facts.known ?? []]))
  const reached = reachParams(known, names)
  return watched.flatMap((occurrence) => {
    const { relation } = occurrence
    const facts = contexts.get(occurrence)?.facts ?? NOTHING
    const { params = [], path } = reached.get(occurrence) ?? {}
    const conditions = facts.known.flatMap((fact) =>
      fact.kind === 'condition' && fact.owner === occurrence ? [fact.sql] : [],
    )
    const watchOn = ({ schema, name }: TableName): DerivedWatch => ({
      table: { schema, name },
      alias: occurrence.alias,
      params,
      path,
      columns: columnsRead(occurrence),
      condition: conditions.length === 0 ? undefined : [...new Set(conditions)].join(' AND '),
      widened: names
        .filter((name) => !params.some(({ param }) => param === name))
        .map((param): Widening => ({ param, why: whyNot(occurrence, param, facts) })),
    })
    const { root = relation, children = [] } = relation
    return [root, ...children].map(watchOn)
  })
}

function columnsRead({ relation, read, whole }: Occurrence): readonly string[] | 'all' {
  const virtual = relation.columns.filter((column) => column.virtual === true).map(({ name }) => name)
  const plain = relation.columns.map(({ name }) => name).filter((name) => !virtual.includes(name))
  // A virtual column is computed from others, of which any may be one.
  if (whole || virtual.some((name) => read.has(name))) return virtual.length > 0 ? plain.sort() : 'all'
  return [...read].sort()
}

function whyNot(occurrence: Occurrence, param: string, { known, lost }: Facts): string {
  const speaks = (fact: Fact): boolean =>
    termsOf(fact).some((term) => term.kind === 'param' && term.name === param)
  const added = lost.map(({ fact }) => fact)
  if (waysFrom(occurrence, known, [param]).length > 0)
    return `tables on the way to it find their own params over ${occurrence.alias}`
  if (waysFrom(occurrence, [...known, ...added], [param]).length > 0) {
    const whys = lost.filter(({ fact }) => fact.kind === 'equal').map(({ why }) => why)
    return [...new Set(whys)][0] ?? 'nothing leads to it'
  }
  return [...known, ...added].some(speaks)
    ? `no equality leads from ${occurrence.alias} to it`
    : 'no column is compared with it by = where this table is read'
}

function sortWatches(watches: readonly DerivedWatch[]): readonly DerivedWatch[] {
  const key = ({ table, alias }: DerivedWatch): string => JSON.stringify([table.schema, table.name, alias])
  return [...watches].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}
