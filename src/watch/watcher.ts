import type { Applied } from '../applier.ts'
import type { FeedSink } from '../feed/feed.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Clock } from '../options.ts'
import { renderInvalidation } from '../route/render-invalidation.ts'
import type { Change, Control } from '../wire/change.ts'
import { Probe } from './probe.ts'
import type { Seen, WatchSummary } from './seen.ts'

export type WatcherSettings = {
  readonly manifest: Manifest
  readonly clock: Clock
  /** Looks up the links of a change; `done` is called once that is done. */
  readonly apply: (change: Change, done: (applied: Applied) => void) => void
  readonly settled: () => Promise<void> | undefined
  readonly send: (control: string, body: string) => Promise<unknown>
  /** Where the rules stand that look for a change. */
  readonly findRules: (
    change: Pick<Change, 'table' | 'operation'> & { readonly cache: string },
  ) => readonly string[]
  /** Whether this is to be told. */
  readonly wants: (table: string, cache: string) => boolean
  readonly tell: (seen: Seen) => void
}

/** Tells what comes over a feed, in the light of the rules. */
export class Watcher {
  readonly #settings: WatcherSettings
  readonly #probe: Probe
  readonly #since: number
  readonly #counts = { changes: 0, keys: 0, gaps: 0 }
  #isLive = false

  constructor(settings: WatcherSettings) {
    this.#settings = settings
    this.#since = settings.clock.now()
    const { clock, send } = settings
    this.#probe = new Probe({ clock, send, failed: () => {} })
  }

  /** What the feed is to be started with. */
  sink(): FeedSink {
    const { apply, settled, tell } = this.#settings
    return {
      change: (change) => apply(change, (applied) => this.#tellChange(change, applied)),
      gap: (cause) => {
        this.#counts.gaps += cause === 'start' ? 0 : 1
        tell({ kind: 'gap', at: now(), cause })
      },
      alive: () => {
        if (this.#isLive) return
        this.#isLive = true
        tell({ kind: 'state', at: now(), state: 'live' })
        this.#probe.start()
      },
      control: (message: Control) => this.#probe.receive(message),
      down: (error) => {
        this.#isLive = false
        this.#probe.stop()
        tell({
          kind: 'state',
          at: now(),
          state: 'down',
          error: error instanceof Error ? error.message : String(error),
        })
      },
      queue: () => {},
      settled,
    }
  }

  /** Nothing is measured any more. */
  stop(): WatchSummary {
    this.#probe.stop()
    const sorted = [...this.#probe.lags].sort((a, b) => a - b)
    const max = sorted.at(-1)
    return {
      kind: 'summary',
      took: this.#settings.clock.now() - this.#since,
      ...this.#counts,
      ...(max === undefined ? {} : { lag: { median: sorted[Math.floor(sorted.length / 2)] ?? max, max } }),
    }
  }

  #tellChange({ table, operation }: Change, { invalidations }: Applied): void {
    const { manifest, findRules, wants, tell } = this.#settings
    const told = invalidations.filter(({ cache }) => wants(table, cache))
    if (told.length > 0) this.#counts.changes += 1
    for (const invalidation of told) {
      const { cache } = invalidation
      const keys = renderInvalidation(invalidation, manifest)
      // What nothing was found for over the tables of a path is not wrong anywhere.
      if (keys.length === 0) continue
      this.#counts.keys += keys.length
      const { lag } = this.#probe
      tell({
        kind: 'change',
        at: now(),
        table,
        operation,
        cache,
        keys,
        ...(invalidation.kind === 'all' ? { reason: invalidation.reason } : {}),
        rules: findRules({ table, operation, cache }),
        ...(lag === undefined ? {} : { lag }),
      })
    }
  }
}

function now(): string {
  return new Date().toISOString()
}
