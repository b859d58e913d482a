import { findColumn, findTable } from '../catalog/find.ts'
import { decodeParam, isEnumType } from '../key/param.ts'
import { parseKey } from '../key/render.ts'
import { parsePattern } from '../key/template.ts'
import { matchPattern } from '../key/unify.ts'
import { parseQualifiedColumn, showName } from '../rules/identifier.ts'
import { suggest } from '../rules/suggest.ts'
import { referredColumns } from '../plan/plan-path.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Effect } from '../plan/effects.ts'
import type { CacheRule, Ruleset, TableName } from '../rules/ruleset.ts'

/** What a name stands for. */
export type Found =
  | { readonly kind: 'table'; readonly table: TableName }
  | { readonly kind: 'column'; readonly table: TableName; readonly column: string }
  | { readonly kind: 'cache'; readonly cache: CacheRule }
  | { readonly kind: 'key'; readonly cache: CacheRule; readonly params: Readonly<Record<string, string>> }

export type Known = {
  readonly ruleset: Ruleset
  readonly effects: readonly Effect[]
  readonly catalog: Catalog | undefined
}

/** Finds everything that a text names; says why, and what is meant, when that is nothing. */
export function findSubjects(
  text: string,
  known: Known,
): readonly Found[] | { readonly message: string; readonly hint: string } {
  const named = known.ruleset.caches.filter(({ name }) => name === text)
  const keys = findKeys(text, known.ruleset.caches)
  const found: readonly Found[] = [
    ...named.map((cache): Found => ({ kind: 'cache', cache })),
    ...keys.found.filter(({ cache }) => !named.includes(cache)),
    ...findInTables(text, known),
  ]
  if (found.length > 0) return found
  if (keys.wrong !== undefined) return { message: keys.wrong, hint: 'Write * for any value.' }
  const near = suggest(text, candidates(known))
  return {
    message: `Nothing is named ${text}: no cache, no key, and no table or column that a rule concerns.`,
    hint:
      near === undefined
        ? `The caches are ${some(known.ruleset.caches.map(({ name }) => name))}; the tables ${some(tablesOf(known).map(showName))}.`
        : `Did you mean ${near}?`,
  }
}

/** The caches that a key may be of, or that a pattern matches. */
function findKeys(
  text: string,
  caches: readonly CacheRule[],
): { readonly found: readonly Extract<Found, { kind: 'key' | 'cache' }>[]; readonly wrong?: string } {
  const found: Extract<Found, { kind: 'key' | 'cache' }>[] = []
  let wrong: string | undefined
  const parsed = /[{*]/.test(text) ? parsePattern(text) : undefined
  for (const cache of caches) {
    const texts = parsed?.ok === true ? textsOf(parsed.template, cache) : parseKey(cache.template, text)
    if (texts === undefined) continue
    if (cache.params.length === 0) {
      found.push({ kind: 'cache', cache })
      continue
    }
    const params: Record<string, string> = {}
    let fits = true
    for (const { name, type } of cache.params) {
      const value = texts[name]
      if (value === undefined) continue
      const decoded = decodeParam(type, value)
      if (decoded === undefined) {
        fits = false
        const shown = isEnumType(type) ? type.slice('enum:'.length) : type
        wrong ??= `${text} is no key of ${cache.name}: ${JSON.stringify(value)} is no ${shown}, which ${name} is.`
      } else params[name] = String(decoded)
    }
    if (fits) found.push({ kind: 'key', cache, params })
  }
  return wrong === undefined ? { found } : { found, wrong }
}

function textsOf(
  pattern: CacheRule['template'],
  { template }: CacheRule,
): Readonly<Record<string, string>> | undefined {
  const bindings = matchPattern(pattern, template)
  return (
    bindings &&
    Object.fromEntries(
      Object.entries(bindings).flatMap(([name, binding]) =>
        binding.kind === 'text' ? [[name, binding.text]] : [],
      ),
    )
  )
}

/** `calls`, `calls.status`, `sales.orders`, `sales.orders.amount`: a name with a dot can be two things. */
function findInTables(text: string, known: Known): readonly Found[] {
  const parsed = parseQualifiedColumn(text)
  if (!parsed.ok) return []
  const parts = [...parsed.name.qualifier, parsed.name.column]
  const [first = '', second = '', third] = parts
  const tables: TableName[] = []
  const columns: { table: TableName; column: string }[] = []
  if (parts.length === 1) tables.push({ schema: 'public', name: first })
  if (parts.length === 2) {
    tables.push({ schema: first, name: second })
    columns.push({ table: { schema: 'public', name: first }, column: second })
  }
  if (third !== undefined) columns.push({ table: { schema: first, name: second }, column: third })
  return [
    ...tables.filter((table) => isKnown(table, known)).map((table): Found => ({ kind: 'table', table })),
    ...columns
      .filter(({ table, column }) => isKnown(table, known) && isColumn(table, column, known))
      .map(({ table, column }): Found => ({ kind: 'column', table, column })),
  ]
}

function isKnown(table: TableName, { effects, catalog }: Known): boolean {
  return (
    effects.some((effect) => isSame(effect.table, table)) ||
    (catalog !== undefined && findTable(catalog, table) !== undefined)
  )
}

/** Without a catalog, a column that no rule names may be there, unless it looks like one that a rule names. */
function isColumn(table: TableName, column: string, { effects, catalog }: Known): boolean {
  const relation = catalog && findTable(catalog, table)
  if (relation !== undefined) return findColumn(relation, column) !== undefined
  const names = columnsOf(table, effects)
  return names.includes(column) || suggest(column, names) === undefined
}

/** Columns of a table that the rules name. */
function columnsOf(table: TableName, effects: readonly Effect[]): readonly string[] {
  const names = new Set<string>()
  const add = (columns: readonly string[]): void => columns.forEach((name) => names.add(name))
  for (const { watch, table: watched } of effects) {
    const { columns, params, when, path } = watch
    if (!isSame(watched, table)) continue
    if (columns !== 'all') add(columns)
    add(params.flatMap((source) => (source.kind === 'column' ? [source.column] : [])))
    add(when?.columns ?? [])
    add(referredColumns(path?.hops ?? [], -1))
  }
  return [...names]
}

function tablesOf({ effects }: Known): readonly TableName[] {
  return [...new Map(effects.map(({ table }) => [showName(table), table])).values()]
}

function* candidates(known: Known): Iterable<string> {
  for (const { name, template } of known.ruleset.caches) yield* [name, template.source]
  for (const table of tablesOf(known)) {
    yield showName(table)
    const relation = known.catalog && findTable(known.catalog, table)
    const columns = relation?.columns.map(({ name }) => name) ?? columnsOf(table, known.effects)
    for (const name of columns) yield `${showName(table)}.${name}`
  }
}

export function isSame(a: TableName, b: TableName): boolean {
  return a.name === b.name && a.schema === b.schema
}

function some(names: readonly string[]): string {
  return `${names.slice(0, 8).join(', ') || 'none'}${names.length > 8 ? ', …' : ''}`
}
