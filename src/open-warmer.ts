import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { CacheTypes, CreateOptions, Warm } from './app.ts'
import type { Cache } from './cache/cache.ts'
import type { Controls } from './controls.ts'
import type { Feed } from './feed/feed.ts'
import { sessionOpener } from './feed/listen-session.ts'
import { isReadable } from './invalidate/tier.ts'
import type { Manifest } from './manifest/manifest.ts'
import { type RuntimeOptions, systemClock } from './options.ts'
import type { Refresher } from './refresh/refresher.ts'
import { createWarmControl } from './warm/control.ts'
import type { Learner } from './warm/learner.ts'
import type { OpenSession } from './warm/param-source.ts'
import { createSchedule } from './warm/schedule.ts'
import { createWarmer, type WarmOptions, type Warmer } from './warm/warmer.ts'

export type WarmerParts = {
  readonly manifest: Manifest
  readonly settings: RuntimeOptions
  readonly options: CreateOptions<CacheTypes>
  readonly caches: ReadonlyMap<string, Cache<unknown>>
  readonly refresher: Refresher
  readonly controls: Controls
  readonly feed: Feed
  readonly learner: Learner
  readonly failed: (error: unknown) => void
}

/** Warming with a runtime's caches and connections, also on demand of other processes. */
export function openWarmer(parts: WarmerParts): Warmer {
  const { manifest, settings, options, caches, refresher, controls, feed, learner, failed } = parts
  const { connection, loaders, clock = systemClock } = options
  const open = sessionOpener(connection, settings.connectTimeout)
  const openOne: OpenSession = async (signal) =>
    await open({ notification: () => {}, lost: () => {} }, signal)
  const warmer = createWarmer({
    manifest,
    caches,
    isBatched: (cache) => takesMany(loaders?.[cache]),
    // A tier holds values of all caches.
    isShared: () => (options.tiers ?? []).some((tier) => tier.shared === true && isReadable(tier)),
    worker: refresher.worker,
    operations: refresher.operations,
    clock,
    open: openOne,
    learner,
    createSchedule: async () => options.schedule ?? (await createSchedule()),
    failed,
  })
  const control = createWarmControl({
    warmer,
    clock,
    instance: `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
    send: async (name, body) => await feed.send(name, body),
    failed,
  })
  controls.handle('warm', control.warm)
  controls.handle('warm-stop', control.stop)
  // What other instances tell the one who asked.
  controls.handle('warm-report', () => {})
  return warmer
}

/** `warm` as the application calls it: the name of a set may be left out. */
export function callWarmer(warmer: Warmer): Warm {
  return async (set?: string | WarmOptions, options?: WarmOptions) =>
    typeof set === 'object' ? await warmer.warm(undefined, set) : await warmer.warm(set, options)
}

function takesMany(loader: unknown): boolean {
  return (
    typeof loader === 'object' &&
    loader !== null &&
    'loadMany' in loader &&
    typeof loader.loadMany === 'function'
  )
}
