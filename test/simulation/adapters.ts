import { Cache } from '../../src/cache/cache.ts'
import type { CacheSettings } from '../../src/cache/settings.ts'
import { Trust } from '../../src/cache/trust.ts'
import type { Adapter } from '../../src/testing/index.ts'
import { loadThrough } from '../../src/tiers/load-through.ts'
import { createKernelAdapter } from './kernel.ts'
import { createTieredAdapter } from './tiered.ts'

/** Less than what is held lives is left of its time when trust ends. */
const SERVING = { untrustedFor: 30 }

const PARTS = { Cache, Trust, loadThrough }

const KERNELS: Readonly<Record<string, Partial<CacheSettings<number>>>> = {
  'as it is': {},
  'that holds one entry': { max: 1 },
  'without a loader for several': { loadMany: undefined as never },
  'without stale values': { staleIfError: 0 },
  'that serves untrusted': SERVING,
  'whose reads share a look at the clock': { readsPerLook: 3 },
}

/** The kernel as applications may set it up, each to be judged by the same oracle. */
export const ADAPTERS: Readonly<Record<string, Adapter>> = {
  ...Object.fromEntries(
    Object.entries(KERNELS).map(([what, settings]) => [what, createKernelAdapter(PARTS, settings)]),
  ),
  'with a tier behind it that it shares': createTieredAdapter(PARTS),
  'with such a tier that serves untrusted': createTieredAdapter(PARTS, SERVING),
}
