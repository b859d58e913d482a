import type { LoadContext } from '../cache/flight.ts'
import type { Load, LoadMany } from '../cache/settings.ts'
import type { Clock } from '../options.ts'
import type { Positions } from './positions.ts'
import type { Place } from './server.ts'

/** A loader that reads a replica. */
export type ReplicaLoader = { readonly load: Load<unknown>; readonly loadMany?: LoadMany<unknown> }

export type Guard = {
  readonly cache: string
  readonly positions: Positions
  /** Looks where the replica is now. */
  readonly look: () => Promise<Place>
  readonly clock: Clock
  readonly failed: (error: unknown) => void
}

/** Milliseconds for which a load waits to learn whether its value may be stored. */
const PATIENCE = 1_000

/**
 * A loader of the same shape whose value is stored only if the replica had replayed, before it was read, everything that
 * was applied to the cache before the load began. What is applied later covers the load, as any. Otherwise the value is
 * handed out and not kept.
 */
export function guardLoader(loader: ReplicaLoader, guard: Guard): ReplicaLoader {
  const judge = createJudge(guard)
  const run = async <T>(
    context: Pick<LoadContext<unknown>, 'limitLife'>,
    read: () => T,
  ): Promise<Awaited<T>> => {
    const before = await judge.before()
    if (before === undefined) context.limitLife(0)
    const value = await read()
    if (before !== undefined && !(await judge.isStill(before))) context.limitLife(0)
    return value
  }
  const load: Load<unknown> = (params, context) => run(context, () => loader.load(params, context))
  const { loadMany } = loader
  if (loadMany === undefined) return { load }
  return { load, loadMany: (params, context) => run(context, () => loadMany(params, context)) }
}

type Judge = {
  /** The replica's place, if it has everything that was applied before the call. */
  readonly before: () => Promise<Place | undefined>
  /** It is as it was: a server that crashed meanwhile may have shown less for a moment. */
  readonly isStill: (before: Place) => Promise<boolean>
}

function createJudge({ cache, positions, look, clock, failed }: Guard): Judge {
  /** What a replica has replayed does not become less, and each load tells whether it is still that replica. */
  let last: Place | undefined
  const find = async (): Promise<Place | undefined> => {
    const wanted = await positions.find(cache)
    if (wanted === undefined) return undefined
    if (last === undefined || !covers(last, wanted)) last = await look()
    return covers(last, wanted) ? last : undefined
  }
  const compare = async (before: Place): Promise<boolean> => {
    const after = await look()
    last = after
    return after.session === before.session && after.isStandby === before.isStandby
  }
  const patiently = async <T>(work: Promise<T>): Promise<T | undefined> => {
    let cancel = (): void => {}
    const late = new Promise<undefined>((resolve) => {
      cancel = clock.after(PATIENCE, () => resolve(undefined))
    })
    const done = work.catch((error: unknown) => {
      last = undefined
      failed(error)
      return undefined
    })
    return await Promise.race([done, late]).finally(cancel)
  }
  return {
    before: async () => await patiently(find()),
    isStill: async (before) => (await patiently(compare(before))) ?? false,
  }
}

/** A server that is no standby counts only if it is the primary itself: another one may have been promoted meanwhile. */
function covers(replica: Place, primary: Place): boolean {
  if (!replica.isStandby) return replica.server === primary.server
  return replica.system === primary.system && replica.position >= primary.position
}
