import type { ManifestPath, ManifestPathParam } from '../manifest/manifest.ts'
import { joinColumns } from '../plan/plan-path.ts'
import type { Plan, PlanPath, Watch } from '../plan/plan.ts'
import { sentValues } from '../plan/sent.ts'
import { refreshOf } from './manifest-reloads.ts'
import { pathSql } from './path-sql.ts'

/** The paths of a plan's watches by their ids, sorted. */
export function manifestPaths(plan: Plan): Readonly<Record<string, ManifestPath>> {
  const paths = new Map<string, ManifestPath>()
  const watches = plan.tables.flatMap((table) => table.watches)
  for (const watch of watches) {
    const { path } = watch
    if (path === undefined || paths.has(path.id)) continue
    const refresh = refreshOf(watches.filter((other) => other.path?.id === path.id))
    const found = manifestPath(plan, { ...watch, path })
    paths.set(path.id, { ...found, ...(refresh === undefined ? {} : { refresh }) })
  }
  return Object.fromEntries([...paths.entries()].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function manifestPath(plan: Plan, watch: Watch & { readonly path: PlanPath }): ManifestPath {
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
