import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Applied } from '../applier.ts'
import { StalemateError } from '../errors.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { JsonValue, NamedTarget } from '../wire/change.ts'
import { decodeTargets } from '../wire/decode.ts'
import { packTargets } from './pack-targets.ts'
import { type InvalidationRequest, readRequest } from './request.ts'
import { retry, type RetrySettings } from './retry.ts'
import type { Tiers } from './tiers.ts'

export type InvalidateOptions = {
  /** Only in this process and its tiers; otherwise in every runtime of the ruleset. */
  readonly local?: boolean
  /** Gives up what has not been done yet. */
  readonly signal?: AbortSignal
}

/** What an invalidation did. */
export type Invalidated = {
  /** Entries of this process that were held and are gone. */
  readonly dropped: number
  /** Caches that were made wrong as a whole, as asked, or since no index serves the params that were given. */
  readonly whole: readonly string[]
  /** It was sent to every other runtime of the ruleset, each of which receives it in order with the changes. */
  readonly sent: boolean
}

/** What became of one request of several. */
export type InvalidationOutcome =
  | ({ readonly status: 'applied'; readonly request: InvalidationRequest } & Invalidated)
  /** Not everywhere: `dropped` entries are gone from this process, and `error` says what was not done. */
  | {
      readonly status: 'failed'
      readonly request: InvalidationRequest
      readonly dropped: number
      readonly error: StalemateError
    }
  /** Not tried, since one before it failed. */
  | { readonly status: 'skipped'; readonly request: InvalidationRequest }

export type InvalidatorSettings = RetrySettings & {
  readonly manifest: Manifest
  /** Makes targets wrong in the memory of this process. */
  readonly drop: (targets: readonly NamedTarget[], from: 'here' | 'elsewhere') => Applied
  readonly tiers: Tiers
  readonly send: (body: JsonValue) => Promise<unknown>
}

/** How many requests are applied in one turn of the event loop. */
const TURN = 500

/** Makes wrong what the application names: here, in the tiers, then in every other runtime. */
export class Invalidator {
  readonly #settings: InvalidatorSettings
  /** Tells messages of this runtime, which has applied them, from those of others. */
  readonly #sender = randomBytes(9).toString('base64url')

  constructor(settings: InvalidatorSettings) {
    this.#settings = settings
  }

  /**
   * Applies one request. What is in memory is gone when the call returns its promise.
   *
   * @throws StalemateError as `readRequest`, or `invalidation-failed` when a tier or the feed refused to the end
   */
  async invalidate(request: InvalidationRequest, options: InvalidateOptions = {}): Promise<Invalidated> {
    const [outcome] = await this.#run([request], options, false)
    if (outcome?.status === 'applied') {
      const { dropped, whole, sent } = outcome
      return { dropped, whole, sent }
    }
    throw outcome?.status === 'failed' ? outcome.error : new Error('unreachable')
  }

  /** Applies requests in their order; what became of each is told, and none rejects. */
  async invalidateMany(
    requests: readonly InvalidationRequest[],
    { continueOnError = false, ...options }: InvalidateOptions & { readonly continueOnError?: boolean } = {},
  ): Promise<readonly InvalidationOutcome[]> {
    return await this.#run(requests, options, continueOnError)
  }

  /**
   * Applies what another runtime has sent; what this one has sent is applied already.
   *
   * @throws StalemateError `wire-invalid`
   */
  receive(body: JsonValue | undefined): Applied | undefined {
    const { from, targets } = (typeof body === 'object' && body !== null ? body : {}) as {
      readonly [name: string]: JsonValue
    }
    const decoded = decodeTargets(targets).filter((target) => target.kind !== 'links')
    if (from === this.#sender) return undefined
    const applied = this.#settings.drop(decoded, 'elsewhere')
    this.#settings.tiers.owe(applied.invalidations)
    return applied
  }

  async #run(
    requests: readonly InvalidationRequest[],
    options: InvalidateOptions,
    continueOnError: boolean,
  ): Promise<readonly InvalidationOutcome[]> {
    const outcomes: InvalidationOutcome[] = []
    const waiting: { readonly place: number; readonly targets: readonly NamedTarget[] }[] = []
    let failed = false
    for (const [place, request] of requests.entries()) {
      if (place > 0 && place % TURN === 0) await setImmediate()
      if (failed && !continueOnError) {
        outcomes.push({ status: 'skipped', request })
        continue
      }
      const done = this.#apply(request, options)
      const { outcome, targets } = this.#settings.tiers.isEmpty ? done : await this.#applyTiers(done, options)
      outcomes.push(outcome)
      if (outcome.status === 'applied') waiting.push({ place, targets })
      else failed = true
    }
    if (options.local !== true) await this.#sendAll(outcomes, waiting, options.signal)
    return outcomes
  }

  /** In the memory of this process. */
  #apply(request: InvalidationRequest, { signal }: InvalidateOptions): Done {
    try {
      signal?.throwIfAborted()
      const targets = readRequest(this.#settings.manifest, request)
      const { dropped, invalidations } = this.#settings.drop(targets, 'here')
      const whole = invalidations.flatMap(({ kind, cache }) => (kind === 'all' ? [cache] : []))
      return {
        outcome: { status: 'applied', request, dropped, whole, sent: false },
        targets,
        invalidations,
      }
    } catch (error) {
      return { outcome: fail(request, 0, 'here', error), targets: [], invalidations: [] }
    }
  }

  async #applyTiers(done: Done, { signal }: InvalidateOptions): Promise<Done> {
    const { outcome, invalidations } = done
    if (outcome.status !== 'applied') return done
    try {
      await this.#settings.tiers.invalidate(invalidations, signal)
      return done
    } catch (error) {
      return { ...done, outcome: fail(outcome.request, outcome.dropped, 'in a tier', error) }
    }
  }

  /** Tells all other runtimes, in as few messages as can be. */
  async #sendAll(
    outcomes: InvalidationOutcome[],
    waiting: readonly { readonly place: number; readonly targets: readonly NamedTarget[] }[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let refused: unknown
    for (const { places, targets } of packTargets(waiting)) {
      try {
        if (refused !== undefined) throw refused
        const body = { from: this.#sender, targets: [...targets] }
        await retry(this.#settings, signal, () => this.#settings.send(body))
        for (const place of places)
          outcomes[place] = { ...outcomes[place], sent: true } as InvalidationOutcome
      } catch (error) {
        // A feed that has refused to the end is not asked again for each of the others.
        refused = error
        for (const place of places) {
          const { request, dropped } = outcomes[place] as Extract<InvalidationOutcome, { dropped: number }>
          outcomes[place] = fail(request, dropped, 'in other processes', error)
        }
      }
    }
  }
}

type Done = {
  readonly outcome: InvalidationOutcome
  readonly targets: readonly NamedTarget[]
  readonly invalidations: Applied['invalidations']
}

function fail(
  request: InvalidationRequest,
  dropped: number,
  where: string,
  cause: unknown,
): InvalidationOutcome {
  if (where === 'here' && cause instanceof StalemateError) {
    return { status: 'failed', request, dropped, error: cause }
  }
  const error = new StalemateError('invalidation-failed', `An invalidation was not applied ${where}.`, {
    hint: 'Try it again: applying it twice does no harm.',
    cause,
  })
  return { status: 'failed', request, dropped, error }
}
