import { createConditionParser, type ParseCondition } from '../sql/parse-condition.ts'
import { loadParser } from '../sql/load-parser.ts'
import { DEFAULTS, OPERATIONS } from '../rules/defaults.ts'
import { spanInScalar } from '../rules/scalar-span.ts'
import { entryOf, textOf, valueOf } from '../rules/yaml-node.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { DerivedRules, ReadRules } from '../rules/parse-rules.ts'
import type { CacheQuery, CacheRule, QueryLoader, TableRule } from '../rules/ruleset.ts'
import type { Source, Span } from '../rules/source.ts'
import type { QueryRefusal } from './ask-query.ts'
import type { DerivedWatch } from './derivation.ts'
import { deriveQuery } from './derive-query.ts'
import { fitsCatalog } from './fits-catalog.ts'
import type { LockedQuery } from './lock.ts'
import { reportCoverage } from './report-coverage.ts'
import { hashQuery, manySql, oneSql, type WrittenQuery } from './written-query.ts'

/** Asks a database what a query means. */
export type AskDatabase = (query: WrittenQuery) => Promise<LockedQuery | QueryRefusal>

export type DeriveOptions = {
  /** What has been asked before. */
  readonly locked: readonly LockedQuery[]
  readonly ask?: AskDatabase | undefined
  /** Whether also that is asked which has been asked before. */
  readonly again?: boolean | undefined
  readonly catalog?: Catalog | undefined
  /** Whether the rules of every cache with a query are compared with it; else of those that have both. */
  readonly coverage?: boolean | undefined
}

/** What the queries of all caches come to, and what was asked for it. */
export type DerivedCaches = DerivedRules & { readonly locked: readonly LockedQuery[] }

type Subject = {
  readonly cache: CacheRule
  readonly query: CacheQuery
  readonly source: Source
  /** Where its text stands. */
  readonly span: (at: number, length: number) => Span
}

/** Derives rules and loaders from the queries of caches; what speaks against one is reported in its place. */
export async function deriveCaches(rules: ReadRules, options: DeriveOptions): Promise<DerivedCaches> {
  const subjects = [...rules.caches.values()].flatMap((cache) => subjectOf(cache, rules))
  if (subjects.length === 0) return { rules: [], loaders: new Map(), locked: [] }
  const parser = await loadParser()
  const parse = (sql: string): unknown => parser.parseSync(sql)
  const parseCondition = await createConditionParser()
  const loaders = new Map<string, QueryLoader>()
  const derived: TableRule[] = []
  const used: LockedQuery[] = []
  for (const subject of subjects) {
    const locked = await findLocked(subject, rules, options)
    if (locked === undefined) continue
    used.push(locked)
    if (!checkColumns(subject, locked, rules)) continue
    const { cache, query, source, span } = subject
    const { watches, row, problems } = deriveQuery(locked, { ...query, params: cache.params }, parse)
    for (const { severity, code, message, hint } of problems) {
      const say = severity === 'error' ? rules.report.error : rules.report.warn
      say(source, span(0, 6), code, message, hint)
    }
    loaders.set(cache.name, {
      text: oneSql(locked.sql, cache.params, parse),
      many: locked.many ? manySql(locked.sql, cache.params, parse) : undefined,
      one: query.one,
      row,
    })
    const needed = watches.map((watch) => toRule(subject, watch, parseCondition))
    if (query.derive) derived.push(...needed)
    const has = rules.written.some((one) => one.rules.some((rule) => rule.cache === cache.name))
    if (has || options.coverage === true) reportCoverage({ cache, needed, source, span: keyOf(subject, rules) }, rules) // prettier-ignore
  }
  return { rules: derived, loaders, locked: used }
}

function subjectOf(cache: CacheRule, { draft }: ReadRules): readonly Subject[] {
  const placed = draft.caches.get(cache.name)
  const text = textOf(valueOf(placed?.node.value, 'query'))
  const { query } = cache
  if (placed === undefined || text === undefined || query === undefined) return []
  const { source } = placed
  const start = text.value.search(/\S/)
  // Where comments were taken out, offsets are no longer those of the file.
  const plain = text.value.trim() === query.sql
  return [{ cache, query, source, span: (at, length) => (plain || at === 0 ? spanInScalar(source, text, start + at, length) : text) }] // prettier-ignore
}

async function findLocked(
  { cache, query, source, span }: Subject,
  { report, draft }: ReadRules,
  { locked, ask, again = false, catalog }: DeriveOptions,
): Promise<LockedQuery | undefined> {
  const written: WrittenQuery = { sql: query.sql, params: cache.params }
  const hash = hashQuery(written)
  const known = locked.find((one) => one.hash === hash)
  const fits = known !== undefined && (catalog === undefined || fitsCatalog(known, catalog))
  if (fits && !(again && ask !== undefined)) return known
  if (ask === undefined) {
    const place = keyOf({ cache, query, source, span }, { draft })
    const why = known === undefined ? 'No database has been asked yet what the query means' : 'The tables of the query are not what they were when a database was asked' // prettier-ignore
    report.error(source, place, 'query-not-locked', `${why}.`, 'Run `stalemate compile` with --url, or with --schema and a dump of the schema.') // prettier-ignore
    return undefined
  }
  const answer = await ask(written)
  if ('hash' in answer) return answer
  const word = /^[\p{L}\p{N}_$."]+/u.exec(query.sql.slice(answer.at))?.[0].length ?? 1
  const message = `PostgreSQL refuses the query: ${answer.message}.`
  report.error(source, span(answer.at, word), 'query-refused', message, answer.hint ?? 'Run it in psql, with values for its params.') // prettier-ignore
  return undefined
}

/** Where the word `query` stands. */
function keyOf({ cache, span }: Subject, { draft }: Pick<ReadRules, 'draft'>): Span {
  return entryOf(draft.caches.get(cache.name)?.node.value, 'query')?.key ?? span(0, 6)
}

/** The columns become properties of a row. */
function checkColumns({ source, span }: Subject, { outputs }: LockedQuery, { report }: ReadRules): boolean {
  const nameless = outputs.findIndex(({ name }) => name === '?column?')
  if (nameless < 0) return true
  report.error(source, span(0, 6), 'query-columns', `Column ${nameless + 1} of the query has no name.`, 'Name it, as in count(*) AS number.') // prettier-ignore
  return false
}

function toRule({ cache, query }: Subject, watch: DerivedWatch, parseCondition: ParseCondition): TableRule {
  const { table, params, path, columns, condition, widened } = watch
  const when = condition === undefined ? undefined : parseCondition(condition, table).condition
  // Where no column is read, only how many rows there are matters.
  const counts = columns !== 'all' && columns.length === 0
  return {
    kind: 'rule',
    derived: { widened },
    table,
    cache: cache.name,
    action: 'invalidate',
    params,
    path,
    operations: counts ? OPERATIONS.filter((name) => name !== 'update') : OPERATIONS,
    columns,
    when,
    maxKeys: cache.maxKeys,
    priority: cache.priority,
    meanwhile: DEFAULTS.meanwhile,
    at: query.at,
  }
}
