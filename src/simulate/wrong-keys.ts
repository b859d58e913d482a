import type { Manifest } from '../manifest/manifest.ts'
import { distinctLinks } from '../route/distinct-links.ts'
import { mapLinks } from '../route/map-links.ts'
import { renderInvalidation } from '../route/render-invalidation.ts'
import { createRouter } from '../route/route-target.ts'
import type { Change, Operation, Target } from '../wire/change.ts'

/** What one message makes wrong in one cache. */
export type WrongKeys = {
  /** The table as the rules name it. */
  readonly table: string
  readonly operation: Operation
  readonly cache: string
  /** `*` stands for any value of a param. */
  readonly keys: readonly string[]
  /** Why a whole cache is wrong, where that is so. */
  readonly reason?: string
}

/** Runs a query whose rows are lists. */
export type ListRows = (text: string, values: readonly unknown[]) => Promise<readonly (readonly unknown[])[]>

/** What changes make wrong, links resolved as a reader does once the change is visible. */
export async function findWrongKeys(
  changes: readonly Change[],
  manifest: Manifest,
  list: ListRows,
): Promise<readonly WrongKeys[]> {
  const router = createRouter(manifest)
  const found: WrongKeys[] = []
  for (const { table, operation, targets } of changes) {
    for (const target of targets) {
      const invalidation = router.route(await resolve(target, manifest, list))
      if (invalidation === undefined) continue
      const keys = renderInvalidation(invalidation, manifest)
      const reason = invalidation.kind === 'all' ? { reason: invalidation.reason } : {}
      if (keys.length > 0) found.push({ table, operation, cache: invalidation.cache, keys, ...reason })
    }
  }
  return found
}

async function resolve(target: Target, { paths }: Manifest, list: ListRows): Promise<Target> {
  if (target.kind !== 'links') return target
  const path = Object.hasOwn(paths, target.path) ? paths[target.path] : undefined
  if (path === undefined) return target
  const links = distinctLinks(path, target.values)
  const columns = Array.from({ length: path.joins }, (_, column) => links.map((link) => link[column]))
  return mapLinks(path, links.flat(), await list(path.sql, columns)) ?? target
}
