import type { Client } from 'pg'
import { manifestPaths } from '../../../src/emit/manifest-path.ts'
import type { Manifest } from '../../../src/manifest/manifest.ts'
import type { Plan, Watch } from '../../../src/plan/plan.ts'
import { sentValues } from '../../../src/plan/sent.ts'
import { mapLinks } from '../../../src/route/map-links.ts'
import { evaluateCondition } from '../../../src/sql/evaluate.ts'
import type { RowChange } from './capture.ts'

type Row = Readonly<Record<string, unknown>>
type Paths = Manifest['paths']

/** A text for each param of the cache, `undefined` for any. */
export type Binding = readonly (string | undefined)[]

/** What changes make wrong by a plan's watches, and the links that are still to be resolved. */
export type Outcome = { readonly bindings: readonly Binding[]; readonly links: ReadonlyMap<string, string[]> }

/** Asks the watches of a plan with one cache about changes, without any trigger. */
export function askWatches(plan: Plan, changes: readonly RowChange[]): Outcome {
  const bindings: Binding[] = []
  const links = new Map<string, string[]>()
  const names = plan.caches[0]?.params.map(({ name }) => name) ?? []
  for (const change of changes) {
    const watches = plan.tables.find(({ table }) => table.name === change.table)?.watches ?? []
    const rows = [change.old, change.new].filter((row) => row !== null)
    for (const watch of watches) {
      if (!matters(watch, change.op, rows)) continue
      if (change.op === 'truncate') bindings.push(names.map(() => undefined))
      for (const row of rows) {
        const sent = sentValues(watch).map((value) =>
          value.kind === 'text' ? value.text : row[value.column],
        )
        if (sent.some((value) => value === null)) continue
        const texts = sent.map(textOf)
        if (watch.path === undefined) {
          const own = watch.params.map(({ param }) => param)
          bindings.push(names.map((name) => (own.includes(name) ? texts[own.indexOf(name)] : undefined)))
          continue
        }
        const waiting = links.get(watch.path.id) ?? []
        links.set(watch.path.id, waiting)
        waiting.push(...texts)
      }
    }
  }
  return { bindings, links }
}

function matters({ operations, columns, when }: Watch, op: RowChange['op'], rows: readonly Row[]): boolean {
  if (!operations.includes(op)) return false
  const [before, after] = rows
  if (before !== undefined && after !== undefined) {
    const relevant = columns === 'all' ? Object.keys(after) : columns
    if (relevant.every((column) => before[column] === after[column])) return false
  }
  return (
    when === undefined || rows.length === 0 || rows.some((row) => evaluateCondition(when.tree, row) !== false)
  )
}

/** Resolves links as a runtime does, in a snapshot of now. */
export async function resolveAll(
  client: Client,
  plan: Plan,
  paths: Paths,
  links: Outcome['links'],
): Promise<readonly Binding[]> {
  const names = plan.caches[0]?.params.map(({ name }) => name) ?? []
  const bindings: Binding[] = []
  for (const [id, values] of links) {
    const path = paths[id]
    if (path === undefined) throw new Error(`The path ${id} is not in the manifest.`)
    const rows = values.length / path.columns
    const arrays = Array.from({ length: path.joins }, (_, column) =>
      Array.from({ length: rows }, (_unused, row) => values[row * path.columns + column]),
    )
    const answer = await client.query({ text: path.sql, values: arrays, rowMode: 'array' })
    const resolved = mapLinks(path, values, answer.rows as unknown[][])
    if (resolved === undefined) throw new Error('A path gives something else than it promises.')
    const width = resolved.params.length
    for (let at = 0; at < resolved.values.length; at += width) {
      const texts = resolved.values.slice(at, at + width)
      bindings.push(names.map((name) => (resolved.params.includes(name) ? texts[resolved.params.indexOf(name)] : undefined))) // prettier-ignore
    }
  }
  return bindings
}

/** The rows of all tables. */
export type Tables = Readonly<Record<string, readonly Row[]>>

/** Resolves links by looking through the rows, without the SQL of paths. */
export function resolveHere(plan: Plan, tables: Tables, links: Outcome['links']): readonly Binding[] {
  const names = plan.caches[0]?.params.map(({ name }) => name) ?? []
  return [...links].flatMap(([id, values]) => {
    const watch = plan.tables.flatMap(({ watches }) => watches).find(({ path }) => path?.id === id)
    if (watch?.path === undefined) throw new Error(`The path ${id} is not in the plan.`)
    const { params, path } = watch
    const sent = sentValues(watch)
    return Array.from({ length: values.length / sent.length }, (_, link) => {
      const own = new Map(sent.map((value, index) => [value.kind === 'text' ? '' : `${value.kind} ${value.column}`, values[link * sent.length + index]])) // prettier-ignore
      let rows: readonly (readonly Row[])[] = [[]]
      for (const { table, on } of path.hops)
        rows = rows.flatMap((found) =>
          (tables[table.name] ?? [])
            .filter((row) =>
              on.every(({ column, from }) => {
                const other = from.hop < 0 ? own.get(`join ${from.column}`) : found[from.hop]?.[from.column]
                return (
                  row[column] !== null &&
                  other !== null &&
                  other !== undefined &&
                  textOf(row[column]) === textOf(other)
                )
              }),
            )
            .map((row) => found.concat(row)),
        )
      return rows.flatMap((found) => {
        const texts = params.map((source) => {
          if (source.kind === 'text') return source.text
          const value = source.kind === 'column' ? own.get(`column ${source.column}`) : found[source.hop]?.[source.column] // prettier-ignore
          return value === null || value === undefined ? undefined : textOf(value)
        })
        if (texts.includes(undefined)) return []
        return [names.map((name) => texts[params.findIndex(({ param }) => param === name)])]
      })
    }).flat()
  })
}

export function pathsOf(plan: Plan): Paths {
  return manifestPaths(plan)
}

/** Whether one of the bindings means an entry. */
export function covers(bindings: readonly Binding[], entry: readonly string[]): boolean {
  return bindings.some((binding) =>
    binding.every((text, index) => text === undefined || text === entry[index]),
  )
}

/** Keys are numbers and texts, as JSON has them. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
