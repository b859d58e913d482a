import type { App, CacheTypes } from './app.ts'
import type { Applier } from './applier.ts'
import type { Feed } from './feed/feed.ts'
import type { Manifest } from './manifest/manifest.ts'
import type { Clock } from './options.ts'
import { waitWithin } from './wait-within.ts'

export type SyncSettings = {
  readonly manifest: Manifest
  readonly feed: Pick<Feed, 'barrier'>
  readonly applier: Pick<Applier, 'settled' | 'lookUps'>
  /** What goes on after a change has been applied here, and belongs to it: each resolves when all of it is over. */
  readonly after: readonly { readonly settled: () => Promise<void> | undefined }[]
  readonly clock: Clock
  /** @throws StalemateError `closed` */
  readonly assertOpen: () => void
}

/**
 * Makes the barrier: what it returns resolves when every commit before the call has been applied.
 *
 * A look-up of links reads the database as it is then, which may show a later commit that has changed the path: it finds
 * where the path leads now, and where it led before goes with the message of that later commit. So whatever a look-up may
 * have seen has to arrive too, and another round waits for it. The later commit's own links have less of the path before
 * them, hence a path of their own: there are no more rounds than paths.
 */
export function createSync({
  manifest,
  feed,
  applier,
  after,
  clock,
  assertOpen,
}: SyncSettings): App<CacheTypes>['sync'] {
  const rounds = 1 + countPaths(manifest)
  const catchUp = async (): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const before = applier.lookUps()
      await feed.barrier()
      await applier.settled()
      if (applier.lookUps() === before) return
    }
  }
  return async (options = {}) => {
    const settle = async (): Promise<void> => {
      assertOpen()
      await catchUp()
      for (const part of after) await part.settled()
    }
    await waitWithin(settle, options, clock)
  }
}

/** Of the cache that has most: links of one cache lead to no other. */
function countPaths({ paths }: Manifest): number {
  const counts = new Map<string, number>()
  for (const { cache } of Object.values(paths)) counts.set(cache, (counts.get(cache) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}
