import type { Cache } from '../cache/cache.ts'
import { StalemateError } from '../errors.ts'
import type { Emitter } from '../observe/emitter.ts'
import type { Clock } from '../options.ts'
import { Sampler, type SamplerOptions } from './sampler.ts'

export type SamplerParts = {
  readonly options: SamplerOptions
  readonly caches: ReadonlyMap<string, Cache<unknown>>
  readonly barrier: () => Promise<void>
  readonly emitter: Emitter
  readonly clock: Clock
  readonly random: () => number
}

/**
 * A sampler of an app's caches; it hears of changes by the app's events.
 *
 * @throws StalemateError `option-invalid`
 */
export function createSampler({ options, caches, barrier, emitter, clock, random }: SamplerParts): Sampler {
  checkOptions(options, caches)
  const { caches: names = [...caches.keys()] } = options
  const sampler = new Sampler({
    ...options,
    subjects: names.map((name) => subjectOf(caches.get(name) as Cache<unknown>)),
    barrier,
    sampled: (sample) => emitter.emit('sample', sample),
    clock,
    random,
  })
  emitter.on('change', ({ change: { table, operation }, invalidations, appliedAt }) => {
    for (const { cache } of invalidations) sampler.note(cache, { table, operation, appliedAt })
  })
  return sampler
}

function subjectOf(cache: Cache<unknown>): ConstructorParameters<typeof Sampler>[0]['subjects'][number] {
  return {
    name: cache.name,
    get size() {
      return cache.size
    },
    held: () => cache.held(),
    load: (params, signal) =>
      cache.loader(params, { signal, stale: undefined, isAnew: true, limitLife: () => {} }),
  }
}

function checkOptions(
  { perSecond, window, caches: names = [] }: SamplerOptions,
  caches: ReadonlyMap<string, Cache<unknown>>,
): void {
  for (const [name, value] of Object.entries({ perSecond, ...(window === undefined ? {} : { window }) })) {
    if (typeof value !== 'number' || !(value > 0 && value < Infinity)) {
      const message = `Expected sampler.${name} to be a number above 0, got ${String(value)}.`
      throw new StalemateError('option-invalid', message)
    }
  }
  const unknown = names.find((name) => !caches.has(name))
  if (unknown === undefined) return
  throw new StalemateError(
    'option-invalid',
    `sampler.caches names ${JSON.stringify(unknown)}, which is no cache.`,
    {
      hint: `The caches are ${[...caches.keys()].join(', ')}.`,
    },
  )
}
