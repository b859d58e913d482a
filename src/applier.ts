import type { Cache } from './cache/cache.ts'
import { CALL, type Why } from './cache/why.ts'
import type { Manifest, ManifestPath, ManifestRefresh } from './manifest/manifest.ts'
import type { Resolved } from './route/map-links.ts'
import { createLinkResolver, type ResolverSettings } from './route/resolve-links.ts'
import { createReloadRules } from './route/reload-rules.ts'
import { createRouter, type Invalidation } from './route/route-target.ts'
import { Unsettled } from './unsettled.ts'
import { createWhys } from './whys.ts'
import type { Change, NamedTarget } from './wire/change.ts'

/** What a change did here. */
export type Applied = {
  readonly invalidations: readonly Invalidation[]
  /** Targets that name no cache of this manifest. */
  readonly ignored: number
  /** Entries that were held and are gone. */
  readonly dropped: number
}

/** Makes wrong what changes name. */
export type Applier = {
  /**
   * Applies a change: what it names by params is gone when the call returns, what it names by links when `done`
   * is called, which may be at once.
   */
  readonly apply: (change: Change, done: (applied: Applied) => void) => void
  /** Makes wrong at once what targets name without links. */
  readonly drop: (targets: readonly NamedTarget[]) => Applied
  /** Resolves when every change that was given before the call has been applied; `undefined` when all have. */
  readonly settled: () => Promise<void> | undefined
  /** Look-ups that have ended so far. */
  readonly lookUps: () => number
}

export type ApplierSettings = Omit<ResolverSettings<Outcome>, 'apply'> & {
  readonly manifest: Manifest
  readonly caches: ReadonlyMap<string, Cache<unknown>>
  /** Takes over what a `refresh` rule names; returns how many entries are gone. */
  readonly reload: (invalidation: Invalidation, rule: ManifestRefresh, why: Why) => number
  /** Told of everything that a change has made wrong, at once. */
  readonly wronged?: (invalidations: readonly Invalidation[]) => void
  /** Told of what is dropped. */
  readonly cancel: (invalidation: Invalidation) => void
}

export function createApplier({
  manifest,
  caches,
  reload,
  cancel,
  wronged,
  ...settings
}: ApplierSettings): Applier {
  const router = createRouter(manifest)
  const reloadRules = createReloadRules(manifest)
  const unsettled = new Unsettled()
  const whys = createWhys(manifest)
  /** By the paths of links that wait to be looked up. */
  const senders = new Map<ManifestPath, Why>()
  let lookUps = 0

  const drop = (invalidation: Invalidation, rule: ManifestRefresh | undefined, why: Why): number => {
    const cache = caches.get(invalidation.cache)
    if (cache === undefined) return 0
    if (rule !== undefined) return reload(invalidation, rule, why)
    cancel(invalidation)
    return dropEntries(cache, invalidation, why)
  }

  const follow = (path: ManifestPath, resolved: Resolved | undefined): Outcome => {
    lookUps += 1
    const unknown = { kind: 'all', cache: path.cache, reason: 'unresolved' } as const
    const invalidation = (resolved && router.route(resolved)) ?? unknown
    const dropped = drop(invalidation, path.refresh, senders.get(path) ?? CALL)
    wronged?.([invalidation])
    return { invalidation, dropped }
  }
  const resolver = createLinkResolver({ ...settings, apply: follow })

  return {
    apply(change, done) {
      const invalidations: Invalidation[] = []
      const lookUps: Promise<void>[] = []
      let ignored = 0
      let dropped = 0
      const note = (outcome: Outcome): void => {
        invalidations.push(outcome.invalidation)
        dropped += outcome.dropped
      }
      for (const target of change.targets) {
        const path = target.kind === 'links' ? pathOf(manifest, target) : undefined
        const invalidation = path === undefined ? router.route(target) : undefined
        if (path !== undefined && target.kind === 'links') {
          if (!senders.has(path)) senders.set(path, whys.ofPath(target.path, change.table))
          lookUps.push(resolver.resolve(path, target.values).then(note))
        } else if (invalidation === undefined) ignored += 1
        else {
          const why = whys.of(change, invalidation)
          note({ invalidation, dropped: drop(invalidation, reloadRules(change, target), why) })
        }
      }
      if (invalidations.length > 0) wronged?.([...invalidations])
      const finish = (): void => done({ invalidations, ignored, dropped })
      if (lookUps.length === 0) finish()
      else {
        const settle = unsettled.add()
        void Promise.all(lookUps).then(() => {
          settle()
          finish()
        })
      }
    },
    drop(targets) {
      const invalidations = targets.flatMap((target) => router.route(target) ?? [])
      const dropped = invalidations.reduce(
        (sum, invalidation) => sum + drop(invalidation, undefined, CALL),
        0,
      )
      return { invalidations, ignored: targets.length - invalidations.length, dropped }
    },
    settled: () => unsettled.settled(),
    lookUps: () => lookUps,
  }
}

type Outcome = { readonly invalidation: Invalidation; readonly dropped: number }

/** The path of links, where this manifest has it for the cache that they name. */
function pathOf(
  manifest: Manifest,
  { cache, path: id }: { readonly cache: string; readonly path: string },
): ManifestPath | undefined {
  const path = Object.hasOwn(manifest.paths, id) ? manifest.paths[id] : undefined
  return path?.cache === cache ? path : undefined
}

function dropEntries(cache: Cache<unknown>, invalidation: Invalidation, why: Why): number {
  if (invalidation.kind === 'all') return cache.invalidateAll(why)
  const { width, values } = invalidation
  let dropped = 0
  for (let row = 0; row < values.length; row += width) {
    const own = values.slice(row, row + width)
    dropped +=
      invalidation.kind === 'entries'
        ? cache.invalidateEntry(own, why)
        : cache.invalidateGroup(invalidation.index, own, why)
  }
  return dropped
}
