import type { Applied, Applier } from '../applier.ts'
import type { Controls } from '../controls.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Emitter } from '../observe/emitter.ts'
import type { Clock, RuntimeOptions } from '../options.ts'
import type { JsonValue, NamedTarget } from '../wire/change.ts'
import { Invalidator } from './invalidator.ts'
import type { Tier } from './tier.ts'
import { Tiers } from './tiers.ts'

export type InvalidationSettings = {
  readonly manifest: Manifest
  readonly options: RuntimeOptions
  readonly tiers: readonly Tier[]
  readonly applier: Applier
  readonly controls: Controls
  readonly emit: Emitter['emit']
  readonly send: (control: string, body: JsonValue) => Promise<unknown>
  /** Told of a message that may have named anything. */
  readonly lost: (error: unknown) => void
  /** Throws once the runtime is closed. */
  readonly assertOpen: () => void
  readonly clock: Clock
  readonly random: () => number
}

/** What makes wrong what applications name, and the tiers that hear of everything that is made wrong. */
export type Invalidation = Pick<Invalidator, 'invalidate' | 'invalidateMany'> & { readonly tiers: Tiers }

export function openInvalidation(settings: InvalidationSettings): Invalidation {
  const { manifest, options, applier, controls, emit, send, lost, assertOpen, clock, random } = settings
  const { invalidationAttempts, invalidationPauseBase, invalidationPauseMax } = options
  const again = {
    attempts: invalidationAttempts,
    base: invalidationPauseBase,
    max: invalidationPauseMax,
    clock,
    random,
  }
  const drop = (targets: readonly NamedTarget[], from: 'here' | 'elsewhere'): Applied => {
    const applied = applier.drop(targets)
    const { invalidations, dropped } = applied
    emit('invalidation', { invalidations, dropped, from })
    return applied
  }
  const tiers = new Tiers(settings.tiers, manifest, again, (error) => emit('error', { error }))
  const invalidator = new Invalidator({
    ...again,
    manifest,
    drop,
    tiers,
    send: (body) => send('invalidate', body),
  })
  controls.handle('invalidate', ({ body }) => {
    try {
      invalidator.receive(body)
    } catch (error) {
      lost(error)
    }
  })
  return {
    async invalidate(...given) {
      assertOpen()
      return await invalidator.invalidate(...given)
    },
    async invalidateMany(...given) {
      assertOpen()
      return await invalidator.invalidateMany(...given)
    },
    tiers,
  }
}
