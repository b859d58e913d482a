import type { Pool } from 'pg'
import type { Applied, Applier } from './applier.ts'
import type { App, CacheHandle, CacheTypes, CreateOptions, Warm } from './app.ts'
import type { Cache } from './cache/cache.ts'
import { Trust } from './cache/trust.ts'
import { checkLoaders } from './check-loaders.ts'
import { Clears } from './clear/clears.ts'
import type { Query } from './feed/publish.ts'
import { createControls } from './controls.ts'
import { createKeeper, type Keeper } from './coverage/keeper.ts'
import type { Uncovered } from './coverage/read-coverage.ts'
import { createCoverage } from './coverage/settling.ts'
import { StalemateError } from './errors.ts'
import type { Feed, GapCause } from './feed/feed.ts'
import { openLoaders, type OpenLoaders } from './load/open-loaders.ts'
import { createGaps, type Gaps } from './gaps.ts'
import { type Invalidation, openInvalidation } from './invalidate/open-invalidation.ts'
import type { Manifest } from './manifest/manifest.ts'
import { readManifest } from './manifest/read-manifest.ts'
import { createEmitter, type Emitter } from './observe/emitter.ts'
import { logEvents } from './observe/log-events.ts'
import type { Health, Stats } from './observe/events.ts'
import { openApplier } from './open-applier.ts'
import { openFeed } from './open-feed.ts'
import { listSubjects, openCaches } from './open-caches.ts'
import { openLearner } from './open-learner.ts'
import { openReplicas, type Replicas } from './open-replicas.ts'
import { callWarmer, openWarmer } from './open-warmer.ts'
import { openHandles } from './open-handles.ts'
import { type Clock, type RuntimeOptions, systemClock } from './options.ts'
import { readOptions, readRefreshOptions } from './read-options.ts'
import { type QueueWatch, watchQueue } from './watch-queue.ts'
import { createPool } from './create-pool.ts'
import { Prover } from './prover.ts'
import { createSampler } from './sample/create-sampler.ts'
import type { Sampler } from './sample/sampler.ts'
import type { Operation } from './refresh/operation.ts'
import { createRefresher, type Refresher } from './refresh/refresher.ts'
import { judgeHealth, summarizeCaches } from './summarize-caches.ts'
import { Standing } from './standing.ts'
import { createSync } from './sync.ts'
import type { Warmer } from './warm/warmer.ts'
import type { Change } from './wire/change.ts'

/** What `create-stalemate.ts` says. */
export async function createStalemate<C extends CacheTypes = CacheTypes>(
  options: CreateOptions<C>,
): Promise<App<C>> {
  const manifest = readManifest(options.manifest)
  const settings = readOptions(options)
  checkLoaders(manifest, options.loaders ?? {})
  const engine = new Engine(manifest, settings, options as unknown as CreateOptions<CacheTypes>)
  engine.start()
  return await Promise.resolve(engine as unknown as App<C>)
}

class Engine implements App<CacheTypes> {
  readonly caches: Readonly<Record<string, CacheHandle<object, unknown>>>
  readonly manifest: Manifest
  readonly ready: Promise<void>
  readonly warm: Warm
  readonly on: Emitter['on']
  readonly sync: App<CacheTypes>['sync']
  readonly invalidate: App<CacheTypes>['invalidate'] = (...given) => this.#invalidation.invalidate(...given)
  readonly invalidateMany: App<CacheTypes>['invalidateMany'] = (...given) =>
    this.#invalidation.invalidateMany(...given)
  readonly requestClear: App<CacheTypes>['requestClear'] = (request) => this.#clears.request(request)
  readonly clear: App<CacheTypes>['clear'] = (token) => this.#clears.clear(token)
  readonly [Symbol.asyncDispose] = (): Promise<void> => this.close()
  readonly #maxSilence: number
  readonly #clock: Clock
  readonly #emitter: Emitter
  readonly #controls = createControls((error) => this.#emitter.emit('error', { error }))
  readonly #stores: ReadonlyMap<string, Cache<unknown>>
  readonly #trust: Trust
  readonly #refresher: Refresher
  readonly #warmer: Warmer
  readonly #applier: Applier
  readonly #pool: Pool
  readonly #feed: Feed
  readonly #loaders: OpenLoaders
  readonly #replicas: Replicas
  readonly #keeper: Keeper
  readonly #prover: Prover
  readonly #invalidation: Invalidation
  readonly #clears: Clears
  readonly #abort = new AbortController()
  readonly #counts = { changes: 0, ignored: 0 }
  readonly #gaps: Gaps
  readonly #queue: QueueWatch
  readonly #standing: Standing
  #sampler: Sampler | undefined
  #uncovered: readonly Uncovered[] = []
  #resolveReady: () => void = () => {}
  #rejectReady: (error: Error) => void = () => {}

  constructor(manifest: Manifest, settings: RuntimeOptions, options: CreateOptions<CacheTypes>) {
    const { connection, clock = systemClock, random = Math.random } = options
    this.manifest = manifest
    const given = options.loaders ?? {}
    const failed = (error: unknown): void => this.#emitter.emit('error', { error })
    this.#loaders = openLoaders(manifest, new Set(Object.keys(given)), connection, settings, failed)
    const opened = { ...options, loaders: { ...this.#loaders.loaders, ...given } }
    this.#maxSilence = settings.maxSilence
    this.#clock = clock
    this.#emitter = createEmitter(manifest.ruleset)
    this.#standing = new Standing(this.#emitter.emit)
    this.#gaps = createGaps(this.#emitter, clock)
    this.#queue = watchQueue(this.#emitter)
    this.on = this.#emitter.on
    this.#refresher = createRefresher({
      manifest,
      options: readRefreshOptions(options.refresh),
      clock,
      random,
      changed: (operation) => this.#emitter.emit('operation', operation),
      isHeard: () => this.#emitter.has('operation'),
    })
    const learner = openLearner(manifest, settings, opened, failed)
    this.#pool = createPool(connection, settings, failed)
    const query: Query = async (text, values) => await this.#pool.query(text, [...values])
    this.#replicas = openReplicas({ ask: (text) => query(text, []), options: settings, clock, failed })
    this.#stores = openCaches(manifest, settings, opened, [this.#refresher, learner], {
      replicas: this.#replicas,
      isClean: (tier, cache) => this.#invalidation.tiers.isClean(tier, cache),
      failed,
      closed: this.#abort.signal,
    })
    this.caches = openHandles(this.#stores, this.invalidate)
    this.#trust = new Trust(listSubjects(manifest, this.#stores), settings.maxSilence)
    const wronged = (list: Applied['invalidations']): void => this.#invalidation.tiers.owe(list)
    const parts = { manifest, caches: this.#stores, clock, failed, wronged, ...this.#refresher }
    this.#applier = openApplier(parts, this.#pool, settings)
    const { feed, looked } = openFeed(manifest, settings, connection, this.#pool, clock, random)
    this.#feed = feed
    const assertOpen = this.#assertOpen
    const common = { manifest, controls: this.#controls, emit: this.#emitter.emit, clock, assertOpen }
    this.#invalidation = openInvalidation({
      ...common,
      options: settings,
      tiers: options.tiers ?? [],
      applier: this.#applier,
      send: (control, body) => this.#feed.send(control, body),
      lost: (error) => this.#gap('undecodable', error),
      random,
    })
    this.#clears = new Clears({ ...common, query, caches: this.#stores, tiers: this.#invalidation.tiers })
    const after = [this.#clears, this.#invalidation.tiers]
    this.sync = createSync({ ...common, feed, applier: this.#applier, after })
    if (options.logger !== undefined) logEvents(this.#emitter, options.logger)
    const sampling = { caches: this.#stores, emitter: this.#emitter, clock, random }
    if (options.sampler !== undefined)
      this.#sampler = createSampler({ ...sampling, options: options.sampler, barrier: this.sync })
    this.#keeper = createKeeper({
      coverage: this.#clears.guard(createCoverage(query, manifest)),
      clock,
      looked: (uncovered) => {
        this.#cover(uncovered)
        looked(uncovered)
      },
      failed,
    })
    this.#prover = new Prover({
      keeper: this.#keeper,
      trust: this.#trust,
      settled: () => this.#applier.settled(),
      isOpen: () => this.#standing.state !== 'closed',
      clock,
    })
    this.#controls.handle('plan', () => this.#prover.doubt())
    this.#warmer = openWarmer({
      ...common,
      settings,
      options: opened,
      caches: this.#stores,
      refresher: this.#refresher,
      learner,
      feed: this.#feed,
      failed,
    })
    this.warm = callWarmer(this.#warmer)
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve
      this.#rejectReady = reject
    })
    // Who does not await `ready` must not be ended by its rejection.
    this.ready.catch(() => {})
  }

  start(): void {
    this.#sampler?.start()
    this.#refresher.start()
    this.#feed.start({
      change: (change) => {
        const receivedAt = this.#clock.now()
        this.#applier.apply(change, (applied) => this.#applied(change, applied, receivedAt))
      },
      gap: (cause, error) => this.#gap(cause, error),
      alive: (since) => this.#prover.alive(since),
      settled: () => this.#applier.settled(),
      queue: (usage) => this.#queue.note(usage),
      control: (control) => {
        if (!this.#controls.receive(control)) this.#counts.ignored += 1
      },
      down: (error) => {
        this.#prover.disconnect()
        this.#trust.suspend()
        this.#standing.lose(error)
      },
    })
  }

  stats(): Stats {
    const truth = this.#sampler?.truth()
    const caches = summarizeCaches(this.#stores)
    return { ...this.#counts, gaps: this.#gaps.count, caches, ...(truth === undefined ? {} : { truth }) }
  }

  operations(): readonly Operation[] {
    return this.#refresher.operations.list()
  }

  health(): Health {
    const now = this.#clock.now()
    const seen = judgeHealth(this.#stores, this.#standing.state, now, this.#trust.proof, this.#maxSilence)
    const parts = { uncovered: this.#uncovered, tiers: this.#invalidation.tiers.health() }
    return { ...seen, lag: this.#prover.lag, epoch: this.#gaps.epoch, ...parts, ...this.#queue.health() }
  }

  async close(): Promise<void> {
    if (this.#standing.state === 'closed') return
    this.#standing.enter('closed')
    this.#trust.distrust()
    this.#rejectReady(closed())
    const learned = this.#warmer.close()
    this.#refresher.close()
    this.#abort.abort(closed())
    for (const cache of this.#stores.values()) cache.close(closed())
    await learned
    await this.#sampler?.close()
    this.#keeper.close()
    this.#invalidation.tiers.close()
    await this.#feed.close()
    await this.#pool.end()
    await Promise.all([this.#loaders.close(), this.#replicas.close()])
  }

  readonly #assertOpen = (): void => {
    if (this.#standing.state === 'closed') throw closed()
  }

  #applied(change: Change, applied: Applied, receivedAt: number): void {
    this.#counts.changes += 1
    this.#counts.ignored += applied.ignored
    if (applied.invalidations.some((each) => each.kind === 'all' && each.reason === 'ddl')) {
      this.#gaps.note('ddl')
      this.#prover.doubt()
    }
    if (!this.#emitter.has('change')) return
    this.#emitter.emit('change', { change, ...applied, receivedAt, appliedAt: this.#clock.now() })
  }

  #gap(cause: GapCause, error: unknown): void {
    this.#trust.invalidate()
    this.#invalidation.tiers.oweAll()
    if (cause !== 'undecodable') {
      this.#prover.disconnect()
      this.#trust.distrust()
    }
    this.#gaps.note(cause, error)
  }

  #cover(uncovered: readonly Uncovered[]): void {
    const { proven } = this.#prover
    if (proven === undefined) return
    const changed = JSON.stringify(uncovered) !== JSON.stringify(this.#uncovered)
    this.#uncovered = uncovered
    const emptied = this.#trust.renew(proven, new Set(uncovered.map(({ table }) => table)))
    for (const cache of emptied) this.#invalidation.tiers.oweAll(cache)
    if (changed && uncovered.length > 0 && this.#standing.state !== 'starting') this.#gaps.note('drift')
    if (changed) this.#emitter.emit('coverage', { uncovered })
    this.#standing.enter('live')
    void this.#warmer.start().then(this.#resolveReady)
  }
}

const closed = (): StalemateError => new StalemateError('closed', 'This Stalemate was closed.')
