import type { Manifest } from '../manifest/manifest.ts'
import type { Invalidation } from '../route/route-target.ts'
import { retry, type RetrySettings } from './retry.ts'
import { describeForTier, type Tier, type TierInvalidation } from './tier.ts'

/** What a tier has not given up yet. */
export type TierHealth = {
  readonly name: string
  /** Caches of which it may hold what is wrong. */
  readonly owes: readonly string[]
}

/**
 * The further tiers of this process. What one refuses is tried again; what it refuses to the end it owes, and the whole
 * of each cache concerned is tried until it has given that up. So what is owed stays small, and none is forgotten.
 */
export class Tiers {
  readonly #tiers: readonly Owner[]
  readonly #manifest: Manifest
  readonly #settings: RetrySettings

  constructor(
    tiers: readonly Tier[],
    manifest: Manifest,
    settings: RetrySettings,
    failed: (error: unknown) => void,
  ) {
    this.#manifest = manifest
    this.#settings = settings
    this.#tiers = tiers.map((tier) => new Owner(tier, settings, failed))
  }

  get isEmpty(): boolean {
    return this.#tiers.length === 0
  }

  /**
   * Makes every tier give up what was invalidated.
   *
   * @throws what a tier refused with to the end; it owes the caches then
   */
  async invalidate(invalidations: readonly Invalidation[], signal?: AbortSignal): Promise<void> {
    const list = this.#describe(invalidations)
    const results = await Promise.allSettled(
      this.#tiers.map(async (owner) => {
        const end = owner.begin(list)
        try {
          const context = signal === undefined ? {} : { signal }
          await retry(this.#settings, signal, () => owner.tier.invalidate(list, context))
        } catch (error) {
          owner.owe(list.map(({ cache }) => cache))
          throw error
        } finally {
          end()
        }
      }),
    )
    const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
    if (refused !== undefined) throw refused.reason
  }

  /** The same where nobody waits for it: `settled` tells when it is done. */
  owe(invalidations: readonly Invalidation[]): void {
    if (this.isEmpty || invalidations.length === 0) return
    const work = this.invalidate(invalidations).catch(() => {})
    for (const owner of this.#tiers) owner.track(work)
  }

  /** Everything that a tier holds, or of one cache, may be wrong. */
  oweAll(cache?: string): void {
    const caches = cache === undefined ? Object.keys(this.#manifest.caches) : [cache]
    for (const owner of this.#tiers) owner.owe(caches)
  }

  /** The tier has given up everything of the cache that it was told to. */
  isClean(tier: Tier, cache: string): boolean {
    return this.#tiers.find((owner) => owner.tier === tier)?.isClean(cache) ?? false
  }

  /** Resolves when every tier has given up what it was told to before the call; `undefined` when all have. */
  settled(): Promise<void> | undefined {
    const open = this.#tiers.flatMap((owner) => owner.settled() ?? [])
    return open.length === 0 ? undefined : Promise.all(open).then(() => {})
  }

  health(): readonly TierHealth[] {
    return this.#tiers.map(({ tier, owes }) => ({ name: tier.name, owes }))
  }

  close(): void {
    for (const owner of this.#tiers) owner.close()
  }

  #describe(invalidations: readonly Invalidation[]): readonly TierInvalidation[] {
    return invalidations.flatMap((invalidation) => {
      const cache = this.#manifest.caches[invalidation.cache]
      return cache === undefined ? [] : describeForTier(invalidation, cache.params, cache.partial)
    })
  }
}

class Owner {
  readonly tier: Tier
  readonly #settings: RetrySettings
  readonly #failed: (error: unknown) => void
  readonly #owed = new Set<string>()
  /** How many calls are under way that tell it to give up something of a cache. */
  readonly #open = new Map<string, number>()
  readonly #work = new Set<Promise<void>>()
  /** Of what was owed, what is being tried now. */
  #inHand: readonly string[] = []
  #paying: Promise<void> | undefined
  #closed = false

  constructor(tier: Tier, settings: RetrySettings, failed: (error: unknown) => void) {
    this.tier = tier
    this.#settings = settings
    this.#failed = failed
  }

  get owes(): readonly string[] {
    return [...new Set([...this.#owed, ...this.#inHand])]
  }

  /** It is being told to give something up; returns what ends that. */
  begin(list: readonly TierInvalidation[]): () => void {
    const caches = new Set(list.map(({ cache }) => cache))
    for (const cache of caches) this.#open.set(cache, (this.#open.get(cache) ?? 0) + 1)
    return () => {
      for (const cache of caches) this.#open.set(cache, (this.#open.get(cache) ?? 1) - 1)
    }
  }

  isClean(cache: string): boolean {
    return (this.#open.get(cache) ?? 0) === 0 && !this.#owed.has(cache) && !this.#inHand.includes(cache)
  }

  owe(caches: readonly string[]): void {
    for (const cache of caches) this.#owed.add(cache)
    this.#paying ??= this.#pay()
  }

  track(work: Promise<void>): void {
    const own = work.then(() => {
      this.#work.delete(own)
    })
    this.#work.add(own)
  }

  settled(): Promise<void> | undefined {
    if (this.#work.size === 0 && this.#paying === undefined) return undefined
    return Promise.all(this.#work).then(() => this.#paying)
  }

  close(): void {
    this.#closed = true
  }

  async #pay(): Promise<void> {
    while (this.#owed.size > 0 && !this.#closed) {
      // What is owed meanwhile is owed anew.
      this.#inHand = [...this.#owed]
      this.#owed.clear()
      const list = this.#inHand.map((cache) => ({ cache, params: {} }))
      try {
        await retry(this.#settings, undefined, () => this.tier.invalidate(list, {}))
      } catch (error) {
        for (const cache of this.#inHand) this.#owed.add(cache)
        this.#failed(error)
        await new Promise<void>((resolve) => this.#settings.clock.after(this.#settings.max, resolve))
      }
    }
    this.#inHand = []
    this.#paying = undefined
  }
}
