import type { Why } from './cache/why.ts'
import type { Manifest } from './manifest/manifest.ts'
import type { Invalidation } from './route/route-target.ts'
import type { Change } from './wire/change.ts'

/** The reasons of invalidations by changes: one object for each table, operation and rule, by which they are counted. */
export type Whys = {
  readonly of: (change: Change, invalidation: Invalidation) => Why
  /** Of what links lead to. A path belongs to one table, whose changes send the links. */
  readonly ofPath: (path: string, table: string) => Why
}

export function createWhys({ caches, paths }: Manifest): Whys {
  const known = new Map<string, Why>()
  const remember = (id: string, make: () => Why): Why => {
    let why = known.get(id)
    if (why === undefined) known.set(id, (why = make()))
    return why
  }
  const rule = (cache: string, bound: readonly string[]): string =>
    (caches[cache]?.key ?? cache).replaceAll(/\{([^{}]*)\}/g, (text, name: string) =>
      bound.includes(name) ? text : '*',
    )
  const boundBy = (invalidation: Invalidation): readonly string[] => {
    const cache = caches[invalidation.cache]
    if (cache === undefined || invalidation.kind === 'all') return []
    return invalidation.kind === 'entries'
      ? cache.params.map(({ name }) => name)
      : (cache.partial[invalidation.index] ?? [])
  }
  return {
    of({ table, operation }, invalidation) {
      const { cache, kind } = invalidation
      const set = kind === 'groups' ? String(invalidation.index) : kind
      return remember(`${table}\0${operation}\0${cache}\0${set}`, () => ({
        cause: 'change',
        table,
        operation,
        rule: rule(cache, boundBy(invalidation)),
      }))
    },
    ofPath(path, table) {
      const bound = (paths[path]?.params ?? []).map(({ name }) => name)
      return remember(path, () => ({
        cause: 'change',
        table,
        rule: rule(paths[path]?.cache ?? '', bound),
        path,
      }))
    },
  }
}
