import { OPERATIONS } from '../rules/defaults.ts'
import type { TableName, TableRule } from '../rules/ruleset.ts'
import { compareText } from './compare-text.ts'
import type { Watch } from './plan.ts'
import { planReach, referredColumns } from './plan-path.ts'

/** A table and what to look for in it. */
export type WatchedTable = { readonly table: TableName; readonly watches: readonly Watch[] }

type Outcome = Pick<Watch, 'action' | 'priority' | 'meanwhile' | 'maxKeys'>

/** The watches of all rules by table: sorted, and one where several would send the same. */
export function planWatches(rules: readonly TableRule[]): readonly WatchedTable[] {
  const tables = new Map<string, { table: TableName; watches: Map<string, Watch> }>()
  for (const { table, watch } of rules.flatMap(watchesOf)) {
    const identity = tableIdentity(table)
    const found = tables.get(identity) ?? { table, watches: new Map<string, Watch>() }
    tables.set(identity, found)
    const same = mergeIdentity(watch)
    const other = found.watches.get(same)
    found.watches.set(same, other === undefined ? watch : mergeWatches(other, watch))
  }
  return [...tables.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { table, watches }]) => ({ table, watches: sortWatches([...watches.values()]) }))
}

/** What says most of where a watch comes from stands first. */
const ORIGINS = ['rule', 'query', 'via'] as const

/** What tells a table from all others. */
export function tableIdentity({ schema, name }: TableName): string {
  return JSON.stringify([schema, name])
}

type Watched = { readonly table: TableName; readonly watch: Watch }

/** By rule, which never changes. */
const known = new WeakMap<TableRule, readonly Watched[]>()

/** The watch of a rule's own table, and one for each table that its path crosses. */
export function watchesOf(rule: TableRule): readonly Watched[] {
  const watches = known.get(rule) ?? findWatches(rule)
  known.set(rule, watches)
  return watches
}

function findWatches(rule: TableRule): readonly Watched[] {
  // A query reads the tables on its paths as well, so that each has a watch of its own.
  const hops = rule.derived !== undefined ? [] : (rule.path?.hops ?? [])
  return [
    { table: rule.table, watch: planWatch(rule) },
    ...hops.map((hop, index) => ({ table: hop.table, watch: planViaWatch(rule, index) })),
  ]
}

function planWatch(rule: TableRule): Watch {
  const hops = rule.path?.hops ?? []
  return {
    kind: 'watch',
    cache: rule.cache,
    ...planReach(rule.cache, { hops }, rule.params, -1),
    operations: OPERATIONS.filter((operation) => rule.operations.includes(operation)),
    columns: relevantColumns(rule),
    when: rule.when,
    origin: rule.derived === undefined ? 'rule' : 'query',
    ...outcomeOf(rule),
  }
}

/**
 * A row on the path that comes, goes, or is joined otherwise leads from other rows to other params. Which rows they are
 * can be anything; what the rule says about operations, columns and conditions of its own table does not speak of this one.
 */
function planViaWatch(rule: TableRule, index: number): Watch {
  const hops = rule.path?.hops ?? []
  const own = hops[index]?.on.map(({ column }) => column) ?? []
  const shown = rule.params.flatMap((source) =>
    source.kind === 'hop' && source.hop === index ? [source.column] : [],
  )
  return {
    kind: 'watch',
    cache: rule.cache,
    ...planReach(rule.cache, { hops }, rule.params, index),
    operations: OPERATIONS,
    columns: sortColumns([...own, ...referredColumns(hops, index), ...shown]),
    when: undefined,
    origin: 'via',
    ...outcomeOf(rule),
  }
}

function outcomeOf({ action, priority, meanwhile, maxKeys }: TableRule): Outcome {
  return { action, priority, meanwhile, maxKeys }
}

/** What params, path and condition read always matters, whatever `columns` says. */
function relevantColumns({ columns, params, path, when }: TableRule): readonly string[] | 'all' {
  if (columns === 'all') return 'all'
  const read = params.flatMap((source) => (source.kind === 'column' ? [source.column] : []))
  return sortColumns([
    ...columns,
    ...read,
    ...referredColumns(path?.hops ?? [], -1),
    ...(when?.columns ?? []),
  ])
}

/** Watches of one identity differ only in what widens them. */
function mergeIdentity(watch: Watch): string {
  const { cache, action, params, path, operations, when, priority, meanwhile } = watch
  return JSON.stringify([cache, action, params, path?.id, operations, when, priority, meanwhile])
}

function mergeWatches(a: Watch, b: Watch): Watch {
  return {
    ...a,
    origin: ORIGINS.find((origin) => origin === a.origin || origin === b.origin) ?? b.origin,
    columns: a.columns === 'all' || b.columns === 'all' ? 'all' : sortColumns([...a.columns, ...b.columns]),
    maxKeys: Math.max(a.maxKeys, b.maxKeys),
  }
}

function sortColumns(columns: readonly string[]): readonly string[] {
  return [...new Set(columns)].sort(compareText)
}

function sortWatches(watches: readonly Watch[]): readonly Watch[] {
  return watches
    .map((watch) => [JSON.stringify(watch), watch] as const)
    .sort(([a], [b]) => compareText(a, b))
    .map(([, watch]) => watch)
}
