import { StalemateError } from '../errors.ts'
import type { ParamValue } from '../key/param.ts'
import { compareText } from './compare-text.ts'
import { joinColumns } from './plan-path.ts'
import type { PlanPath, Watch } from './plan.ts'

/** What a trigger sends where params lie in other tables. */
export type ChangedLink = {
  readonly cache: string
  /** How the reader goes on from the changed row: `agents.id = 5 → user_id`. */
  readonly path: string
  /** Texts that stand in the message: of the columns that the path begins with, then of the row's own params. */
  readonly values: readonly string[]
}

/**
 * The link of a row; `nothing` where a column that the path begins with is NULL, so that nothing is joined, and
 * `anything` where one is not known.
 *
 * @param own the params that the row itself binds
 * @throws StalemateError `param-invalid`: a value of a column is no plain one
 */
export function readLink(
  watch: Watch & { readonly path: PlanPath },
  row: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, ParamValue>>,
): ChangedLink | 'nothing' | 'anything' {
  const { cache, path, params } = watch
  const texts = new Map<string, string>()
  const columns = joinColumns(path.hops)
  if (columns.some((column) => row[column] === null)) return 'nothing'
  for (const column of columns) {
    const value = row[column]
    if (value === undefined) return 'anything'
    texts.set(column, textOf(value, column))
  }
  const values = params.flatMap((source) => (source.kind === 'column' ? [own[source.param]] : []))
  if (values.includes(undefined)) return 'anything'
  return { cache, path: describePath(watch, texts), values: [...texts.values(), ...values.map(String)] }
}

/** Sorted by cache, path and values. */
export function sortLinks(links: ReadonlyMap<string, ChangedLink>): readonly ChangedLink[] {
  return [...links.entries()].sort(([a], [b]) => compareText(a, b)).map(([, link]) => link)
}

function describePath(
  { path, params }: Watch & { readonly path: PlanPath },
  texts: ReadonlyMap<string, string>,
): string {
  const steps = path.hops.map(({ alias, on }) =>
    on
      .map(({ column, from }) => {
        const value =
          from.hop === -1 ? texts.get(from.column) : `${path.hops[from.hop]?.alias ?? ''}.${from.column}`
        return `${alias}.${column} = ${value ?? ''}`
      })
      .join(' and '),
  )
  const found = params.flatMap((source) => (source.kind === 'hop' ? [source.param] : []))
  return [...steps, found.join(', ')].join(' → ')
}

function textOf(value: unknown, column: string): string {
  if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return String(value)
  throw new StalemateError(
    'param-invalid',
    `Expected a string, number, bigint or boolean in column ${column}, got a value of type ${typeof value}.`,
    { hint: 'Give it as the text that PostgreSQL shows; a date as YYYY-MM-DD.' },
  )
}
