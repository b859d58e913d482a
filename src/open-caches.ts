import type { CacheTypes, CreateOptions } from './app.ts'
import { Cache } from './cache/cache.ts'
import { Ceiling } from './cache/ceiling.ts'
import { clockSettings, loadSettings, memorySettings } from './cache/runtime-settings.ts'
import type { Subject } from './cache/trust.ts'
import { isReadable, type Tier } from './invalidate/tier.ts'
import type { Manifest } from './manifest/manifest.ts'
import type { Replicas } from './open-replicas.ts'
import { traceLoader } from './observe/trace-loader.ts'
import { type Clock, type RuntimeOptions, systemClock } from './options.ts'
import type { Refresher } from './refresh/refresher.ts'
import { loadThrough } from './tiers/load-through.ts'
import type { Learner } from './warm/learner.ts'

/** What stands between a cache and its loader. */
export type LoadingParts = {
  readonly replicas: Pick<Replicas, 'guard' | 'hook'>
  /** The tier has given up everything of the cache that it was told to. */
  readonly isClean: (tier: Tier, cache: string) => boolean
  readonly failed: (error: unknown) => void
  /** Aborted when nothing is to be loaded any more. */
  readonly closed: AbortSignal
}

/** The caches of a manifest, by name. */
export function openCaches(
  manifest: Manifest,
  settings: RuntimeOptions,
  options: CreateOptions<CacheTypes>,
  listeners: readonly Pick<Refresher | Learner, 'hooks' | 'add'>[],
  { replicas, isClean, failed, closed }: LoadingParts,
): ReadonlyMap<string, Cache<unknown>> {
  const { loaders, sizeOf, tracer, random = Math.random } = options
  const clock: Clock = options.clock ?? systemClock
  const ceiling = settings.maxMemory === Infinity ? undefined : new Ceiling(settings.maxMemory)
  const tiers = (options.tiers ?? []).filter(isReadable)
  const open = ([name, rule]: [string, Manifest['caches'][string]]): [string, Cache<unknown>] => {
    const loader = traceLoader(replicas.guard(name, loaders?.[name]), name, tracer)
    const loading = loadSettings(loader, settings, closed)
    const invalidated = replicas.hook(name, loaders?.[name])
    const through = {
      cache: name,
      tiers,
      ttl: rule.ttl,
      negativeTtl: rule.negativeTtl,
      isTrusted: () => clock.now() < cache.trustedUntil,
      isClean: (tier: Tier) => isClean(tier, name),
      clock,
      failed,
    }
    const cache: Cache<unknown> = new Cache({
      name,
      ...rule,
      ...loading,
      ...(tiers.length === 0 ? {} : loadThrough(loading, through)),
      ...memorySettings(rule.priority, sizeOf?.[name], ceiling),
      ...clockSettings(clock),
      ...Object.assign({}, ...listeners.map((listener) => listener.hooks(name))),
      ...(invalidated && { invalidated }),
      joinFor: settings.maxSilence,
      promotes: tiers.length > 0,
      random,
    })
    return [name, cache]
  }
  const caches = new Map(Object.entries(manifest.caches).map(open))
  for (const cache of caches.values()) for (const listener of listeners) listener.add(cache)
  return caches
}

/** The caches with the tables that they depend on. */
export function listSubjects(
  { caches }: Manifest,
  opened: ReadonlyMap<string, Cache<unknown>>,
): readonly Subject[] {
  return [...opened].map(([name, cache]) => ({ cache, tables: caches[name]?.tables ?? [] }))
}
