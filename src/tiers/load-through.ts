import type { LoadContext } from '../cache/flight.ts'
import type { CanonicalParams } from '../cache/identity.ts'
import type { Load, LoadMany } from '../cache/settings.ts'
import type { ReadableTier, Tier, TierAnswer, TierEntry } from '../invalidate/tier.ts'
import type { Clock } from '../options.ts'

export type LoadThroughSettings = {
  readonly cache: string
  /** From the nearest. */
  readonly tiers: readonly ReadableTier[]
  /** Milliseconds that a value lives, and that nothing does; the latter is not held unless given. */
  readonly ttl: number
  readonly negativeTtl?: number | undefined
  /** What is held may be believed now. */
  readonly isTrusted: () => boolean
  /** The tier has given up everything of the cache that was made wrong here. */
  readonly isClean: (tier: Tier) => boolean
  readonly clock: Clock
  readonly failed: (error: unknown) => void
}

type Loader = { readonly load: Load<unknown>; readonly loadMany?: LoadMany<unknown> }
type Context = Pick<LoadContext<unknown>, 'signal' | 'isAnew' | 'leastLeft' | 'limitLife'>
/** What a tier is asked with. */
type Asking = Pick<Context, 'signal' | 'isAnew'>
type Lease = { readonly tier: ReadableTier; readonly lease: unknown }
type Found = { readonly value: unknown; readonly until: number }

/** Milliseconds that an answer of a tier is waited for: past it, the loader is asked. */
const PATIENCE = 500

/**
 * A loader that asks the further tiers first, and fills those that had nothing.
 *
 * It is called within a load of the cache like any loader, so that the same fences hold for what is promoted: an invalidation
 * that comes meanwhile covers it. What was made wrong before the load began is not found, since no tier is asked that has not
 * yet given it up. And no value from before an invalidation gets into a tier after it: it is filled with a lease from before
 * the value was read, which the invalidation has ended. (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1.)
 */
export function loadThrough(loader: Loader, settings: LoadThroughSettings): Loader {
  const load: Load<unknown> = async (params, context) => {
    const looked = await look(params, context, settings)
    const { found } = looked
    if (found !== undefined) {
      context.limitLife(found.until - settings.clock.now())
      return found.value
    }
    const limits = limitedBy(context)
    const value = await loader.load(params, limits.context)
    fill({ params, value, leases: looked.leases, life: limits.life() }, settings)
    return value
  }
  const { loadMany } = loader
  if (loadMany === undefined) return { load }
  return {
    load,
    async loadMany(list, context) {
      const looks = await Promise.all(
        list.map((params, place) =>
          look(params, new Bound(context, (ms) => context.limitLife(ms, place)), settings),
        ),
      )
      const places = [...list.keys()].filter((place) => looks[place]?.found === undefined)
      /** Last of all, since what was found has grown older while the rest was loaded. */
      const limit = (): void => {
        const now = settings.clock.now()
        for (const [place, { found }] of looks.entries())
          if (found !== undefined) context.limitLife(found.until - now, place)
      }
      const values: unknown[] = looks.map(({ found }) => found?.value)
      if (places.length === 0) {
        limit()
        return values
      }
      const limits = limitedBy(context)
      const missing = places.map((place) => list[place] as CanonicalParams)
      const own = new Bound(context, (ms, place) => {
        limits.context.limitLife(ms)
        for (const [number, at] of places.entries())
          if (place === undefined || place === number) context.limitLife(ms, at)
      })
      const loaded = await loadMany(missing, own)
      limit()
      if (!Array.isArray(loaded) || loaded.length !== places.length) return loaded
      for (const [number, place] of places.entries()) {
        const value = (loaded as readonly unknown[])[number]
        values[place] = value
        const { leases = [] } = looks[place] ?? {}
        if (!(value instanceof Error))
          fill({ params: list[place] as CanonicalParams, value, leases, life: limits.life() }, settings)
      }
      return values
    },
  }
}

/** What the nearest tier holds, or the leases of those that hold nothing. */
async function look(
  params: CanonicalParams,
  context: Context,
  { cache, tiers, isTrusted, isClean, clock, failed, ...lives }: LoadThroughSettings,
): Promise<{ readonly found?: Found; readonly leases: readonly Lease[] }> {
  const leases: Lease[] = []
  for (const tier of tiers) {
    if (!isTrusted() || !isClean(tier)) continue
    const asked = clock.now()
    const ask = async (given: Asking): Promise<TierAnswer | undefined> =>
      await within(askTier(tier, { cache, params }, given), clock, failed)
    let answer = await ask(context)
    // Too little is left of it; but what is loaded in its place is to be held there.
    if (answer?.kind === 'held' && answer.life < leastLife(answer.value, context, lives))
      answer = await ask({ signal: context.signal, isAnew: true })
    // The tier has said for how long at some time since it was asked; so nothing is held for longer than it said.
    const spent = clock.now() - asked
    if (answer?.kind === 'held' && !context.isAnew && answer.life > spent) {
      const { value } = answer
      const life = answer.life - spent
      for (const { tier: nearer, lease } of leases)
        fillOne(nearer, { cache, params }, value, { lease, life }, failed)
      return { found: { value, until: asked + answer.life }, leases: [] }
    }
    if (answer?.kind === 'missing' && answer.lease !== undefined) leases.push({ tier, lease: answer.lease })
  }
  return { leases }
}

/** Milliseconds that a value of a tier must have left. */
function leastLife(
  value: unknown,
  { leastLeft = 0 }: Context,
  lives: Pick<LoadThroughSettings, 'ttl' | 'negativeTtl'>,
): number {
  return leastLeft === 0 ? 0 : leastLeft * lifeOf(value, lives)
}

/** Milliseconds that a value lives. */
function lifeOf(
  value: unknown,
  { ttl, negativeTtl = 0 }: Pick<LoadThroughSettings, 'ttl' | 'negativeTtl'>,
): number {
  return value === undefined || value === null ? negativeTtl : ttl
}

async function askTier(tier: ReadableTier, entry: TierEntry, context: Asking): Promise<TierAnswer> {
  return await tier.read(entry, context)
}

type Filling = {
  readonly params: CanonicalParams
  readonly value: unknown
  readonly leases: readonly Lease[]
  readonly life: number
}

/** Nobody waits for it. */
function fill(
  { params, value, leases, life: limit }: Filling,
  { cache, failed, isTrusted, ...lives }: LoadThroughSettings,
): void {
  const life = Math.min(limit, lifeOf(value, lives))
  if (life <= 0 || !isTrusted()) return
  for (const { tier, lease } of leases) fillOne(tier, { cache, params }, value, { lease, life }, failed)
}

function fillOne(
  tier: ReadableTier,
  entry: TierEntry,
  value: unknown,
  how: { readonly lease: unknown; readonly life: number },
  failed: (error: unknown) => void,
): void {
  void (async () => await tier.fill(entry, value, how))().catch(failed)
}

/** A context that also remembers what the loader says of the value's life. */
function limitedBy<C extends Context>(context: C): { readonly context: C; readonly life: () => number } {
  let life = Infinity
  const limitLife = (ms: number): void => {
    life = Math.min(life, ms)
    context.limitLife(ms)
  }
  return { context: new Bound(context, limitLife) as unknown as C, life: () => life }
}

/** A context with another `limitLife`. The signal is made when it is looked at: few loaders do. */
class Bound implements Context {
  readonly limitLife: (ms: number, place?: number) => void
  readonly #of: Context

  constructor(of: Context, limitLife: (ms: number, place?: number) => void) {
    this.#of = of
    this.limitLife = limitLife
  }

  get signal(): AbortSignal {
    return this.#of.signal
  }

  get stale(): unknown {
    return (this.#of as Partial<LoadContext<unknown>>).stale
  }

  get isAnew(): boolean {
    return this.#of.isAnew
  }

  get leastLeft(): number {
    return this.#of.leastLeft ?? 0
  }
}

/** The answer, if it comes in time; a tier that fails is a tier that holds nothing. */
async function within<T>(
  answer: Promise<T>,
  clock: Clock,
  failed: (error: unknown) => void,
): Promise<T | undefined> {
  let cancel = (): void => {}
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.after(PATIENCE, () => resolve(undefined))
  })
  const caught = answer.catch((error: unknown) => {
    failed(error)
    return undefined
  })
  return await Promise.race([caught, late]).finally(cancel)
}
