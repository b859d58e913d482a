import type { CacheTypes, CreateOptions } from './app.ts'
import { Cache } from './cache/cache.ts'
import { Ceiling } from './cache/ceiling.ts'
import { clockSettings, loadSettings, memorySettings } from './cache/runtime-settings.ts'
import type { Manifest } from './manifest/manifest.ts'
import { traceLoader } from './observe/trace-loader.ts'
import { type Clock, type RuntimeOptions, systemClock } from './options.ts'
import type { Refresher } from './refresh/refresher.ts'
import type { Learner } from './warm/learner.ts'

/** The caches of a manifest, by name. Nothing is loaded any more once `closed` is aborted. */
export function openCaches(
  manifest: Manifest,
  settings: RuntimeOptions,
  options: CreateOptions<CacheTypes>,
  listeners: readonly Pick<Refresher | Learner, 'hooks' | 'add'>[],
  closed: AbortSignal,
): ReadonlyMap<string, Cache<unknown>> {
  const { loaders, sizeOf, tracer, random = Math.random } = options
  const clock: Clock = options.clock ?? systemClock
  const ceiling = settings.maxMemory === Infinity ? undefined : new Ceiling(settings.maxMemory)
  const open = ([name, cache]: [string, Manifest['caches'][string]]): [string, Cache<unknown>] => [
    name,
    new Cache({
      name,
      ...cache,
      ...loadSettings(traceLoader(loaders?.[name], name, tracer), settings, closed),
      ...memorySettings(cache.priority, sizeOf?.[name], ceiling),
      ...clockSettings(clock),
      ...Object.assign({}, ...listeners.map((listener) => listener.hooks(name))),
      joinFor: settings.maxSilence,
      random,
    }),
  ]
  const caches = new Map(Object.entries(manifest.caches).map(open))
  for (const cache of caches.values()) for (const listener of listeners) listener.add(cache)
  return caches
}
