import { isDeepStrictEqual } from 'node:util'
import { StalemateError } from '../errors.ts'
import { canonicalParam, decodeParam, type ParamValue } from '../key/param.ts'
import { renderKey } from '../key/render.ts'
import { parseTemplate } from '../key/template.ts'
import { evaluateCondition } from '../sql/evaluate.ts'
import { type ChangedLink, readLink, sortLinks } from './changed-links.ts'
import type { Plan, PlanCache, Watch } from './plan.ts'
import { tableLabel } from './table-label.ts'

/** A row by column name; a column that is not given may hold anything. */
type Row = Readonly<Record<string, unknown>>

type Operation = Watch['operations'][number]

/** One row's change, as {@link changedKeys} takes it. */
export type RowChange = {
  /** As the rules name it: without the schema when that is `public`. */
  readonly table: string
  readonly op: Operation
  /** The row before, by column: for `update` and `delete`. A column left out may hold anything. */
  readonly old?: Row
  /** The row after: for `insert` and `update`, where a column left out keeps its value. */
  readonly new?: Row
}

/** What a change makes wrong. */
export type ChangedKeys = {
  /** Sorted, without duplicates; `*` stands for any value of a param. */
  readonly keys: readonly string[]
  /** Sorted names of the caches that are wrong as a whole, which `keys` has with `*` for every param. */
  readonly broad: readonly string[]
  /** Sorted by cache, path and values, without duplicates. */
  readonly links: readonly ChangedLink[]
}

/**
 * The keys and links that a change of one row makes wrong by a plan's rules, without a database: for tests of rules. A condition
 * that only PostgreSQL can answer counts as true.
 *
 * @throws StalemateError `param-invalid`: a value is not of its param's type, or the change lacks a row
 */
export function changedKeys(plan: Plan, change: RowChange): ChangedKeys {
  const keys = new Set<string>()
  const broad = new Set<string>()
  const links = new Map<string, ChangedLink>()
  const watches = plan.tables.find(({ table }) => tableLabel(table) === change.table)?.watches ?? []
  const rows = changedRows(change)
  for (const watch of watches) {
    const cache = plan.caches.find(({ name }) => name === watch.cache)
    if (cache === undefined || !matters(watch, change.op, rows)) continue
    if (change.op === 'truncate' || watch.params.length === 0) {
      broad.add(cache.name)
      keys.add(render(cache, {}))
      continue
    }
    for (const row of rows) {
      const values = bind(watch, cache, row)
      if (values === undefined) continue
      const { path } = watch
      const link = path === undefined ? 'anything' : readLink({ ...watch, path }, row, values)
      if (link === 'nothing') continue
      if (link === 'anything') keys.add(render(cache, values))
      else links.set(JSON.stringify([link.cache, link.path, link.values]), link)
    }
  }
  return { keys: [...keys].sort(), broad: [...broad].sort(), links: sortLinks(links) }
}

function changedRows(change: RowChange): readonly Row[] {
  switch (change.op) {
    case 'insert':
      return [requireRow(change, 'new')]
    case 'delete':
      return [requireRow(change, 'old')]
    case 'truncate':
      return []
    case 'update': {
      const old = requireRow(change, 'old')
      return [old, { ...old, ...requireRow(change, 'new') }]
    }
  }
}

function requireRow(change: RowChange, side: 'old' | 'new'): Row {
  const row = change[side]
  if (row !== undefined) return row
  throw new StalemateError('param-invalid', `Expected the row \`${side}\` of an ${change.op}, got none.`)
}

function matters(watch: Watch, operation: Operation, rows: readonly Row[]): boolean {
  if (!watch.operations.includes(operation)) return false
  const [before, after] = rows
  if (before !== undefined && after !== undefined && !isChanged(watch, before, after)) return false
  const { when } = watch
  return (
    operation === 'truncate' ||
    when === undefined ||
    rows.some((row) => evaluateCondition(when.tree, row) !== false)
  )
}

function isChanged({ columns }: Watch, before: Row, after: Row): boolean {
  const relevant = columns === 'all' ? Object.keys(after) : columns
  return relevant.some((column) => !isDeepStrictEqual(before[column], after[column]))
}

/** Values of the params that the row itself binds; `undefined` when one is NULL, so that no key is meant. */
function bind(watch: Watch, cache: PlanCache, row: Row): Readonly<Record<string, ParamValue>> | undefined {
  const values: Record<string, ParamValue> = {}
  for (const source of watch.params) {
    const type = cache.params.find(({ name }) => name === source.param)?.type ?? 'text'
    if (source.kind === 'hop') continue
    const value = source.kind === 'text' ? source.text : row[source.column]
    if (value === null) return undefined
    if (value === undefined) continue
    const decoded = isPlain(value) ? decodeParam(type, String(value)) : undefined
    values[source.param] = decoded ?? canonicalParam(type, value, `${cache.name}.${source.param}`)
  }
  return values
}

function isPlain(value: unknown): value is string | number | bigint | boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
}

function render(cache: PlanCache, values: Readonly<Record<string, ParamValue>>): string {
  const parsed = parseTemplate(cache.key)
  if (!parsed.ok) throw new StalemateError('template-invalid', `The key of cache ${cache.name} is malformed.`)
  return renderKey(parsed.template, values)
}
