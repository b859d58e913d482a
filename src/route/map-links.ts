import type { ManifestPath } from '../manifest/manifest.ts'
import type { Target } from '../wire/change.ts'

/** The params that links lead to. */
export type Resolved = Extract<Target, { kind: 'bindings' }>

/**
 * Puts together the params of links from what was sent and what was found; `undefined` when the answer does not
 * have the form that the path promises.
 *
 * @param values the links that were asked for: rows of `path.columns` texts
 * @param rows what `path.sql` answered, each row a list of its columns
 */
export function mapLinks(
  path: ManifestPath,
  values: readonly string[],
  rows: readonly (readonly unknown[])[],
): Resolved | undefined {
  const texts: string[] = []
  const isPlaced = path.columns > path.joins
  for (const row of rows) {
    const link = isPlaced ? Number(row[0]) - 1 : 0
    for (const param of path.params) {
      const text = readParam(param, row, values, link * path.columns)
      if (typeof text !== 'string') return undefined
      texts.push(text)
    }
  }
  return { kind: 'bindings', cache: path.cache, params: path.params.map(({ name }) => name), values: texts }
}

function readParam(
  param: ManifestPath['params'][number],
  row: readonly unknown[],
  values: readonly string[],
  offset: number,
): unknown {
  switch (param.kind) {
    case 'sent':
      return values[offset + param.index]
    case 'found':
      return row[param.index]
    case 'text':
      return param.text
  }
}
