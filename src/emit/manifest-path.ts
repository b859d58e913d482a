import type { ManifestPath, ManifestPathParam } from '../manifest/manifest.ts'
import { joinColumns } from '../plan/plan-path.ts'
import type { Plan, PlanPath, Watch } from '../plan/plan.ts'
import { sentValues } from '../plan/sent.ts'
import { refreshOf } from './manifest-reloads.ts'
import { pathSql } from './path-sql.ts'

/** The paths of a plan's watches by their ids, sorted. */
export function manifestPaths(plan: Plan): Readonly<Record<string, ManifestPath>> {
  const ofPaths = new Map<string, { readonly first: PathWatch; readonly watches: Watch[] }>()
  for (const watch of plan.tables.flatMap((table) => table.watches)) {
    const { path } = watch
    if (path === undefined) continue
    const found = ofPaths.get(path.id) ?? { first: { ...watch, path }, watches: [] }
    found.watches.push(watch)
    ofPaths.set(path.id, found)
  }
  const paths = [...ofPaths.entries()].map(([id, { first, watches }]): readonly [string, ManifestPath] => {
    const refresh = refreshOf(watches)
    return [id, { ...manifestPath(plan, first), ...(refresh === undefined ? {} : { refresh }) }]
  })
  return Object.fromEntries(paths.sort(([a], [b]) => (a < b ? -1 : 1)))
}

type PathWatch = Watch & { readonly path: PlanPath }

function manifestPath(plan: Plan, watch: PathWatch): ManifestPath {
  const joins = joinColumns(watch.path.hops).length
  const columns = sentValues(watch).length
  let sent = joins
  let found = columns > joins ? 1 : 0
  const params = watch.params.map((source): ManifestPathParam => {
    const name = source.param
    switch (source.kind) {
      case 'column':
        return { kind: 'sent', name, index: sent++ }
      case 'hop':
        return { kind: 'found', name, index: found++ }
      case 'text':
        return { kind: 'text', name, text: source.text }
    }
  })
  return { cache: watch.cache, columns, joins, params, sql: pathSql(plan, watch).toString() }
}
