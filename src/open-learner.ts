import type { CacheTypes, CreateOptions } from './app.ts'
import { sessionOpener } from './feed/listen-session.ts'
import type { Manifest } from './manifest/manifest.ts'
import { type RuntimeOptions, systemClock } from './options.ts'
import { createHabitStore } from './warm/habit-store.ts'
import { createLearner, type LearnedCache, type Learner } from './warm/learner.ts'

/** Learns of the caches that have warming sets with learned params, unless it is off. */
export function openLearner(
  manifest: Manifest,
  settings: RuntimeOptions,
  options: CreateOptions<CacheTypes>,
  failed: (error: unknown) => void,
): Learner {
  const { connection, clock = systemClock, learn = process.env['NODE_ENV'] !== 'test' } = options
  const open = sessionOpener(connection, settings.connectTimeout)
  const store = createHabitStore(
    manifest.ruleset,
    async (signal) => await open({ notification: () => {}, lost: () => {} }, signal),
  )
  const caches = learn ? listLearned(manifest) : []
  return createLearner({ caches, store, clock, time: Date.now, failed })
}

function listLearned({ caches, warming = {} }: Manifest): readonly LearnedCache[] {
  const limits = new Map<string, number>()
  for (const { cache, params, limit } of Object.values(warming))
    if (params.kind === 'learned') limits.set(cache, Math.max(limit, limits.get(cache) ?? 0))
  return [...limits].map(([name, limit]) => ({ name, limit, params: caches[name]?.params ?? [] }))
}
