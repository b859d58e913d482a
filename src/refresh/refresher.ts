import type { Cache } from '../cache/cache.ts'
import type { CacheSettings } from '../cache/settings.ts'
import type { Sighted } from '../cache/sight.ts'
import type { Why } from '../cache/why.ts'
import type { Manifest, ManifestCache, ManifestRefresh } from '../manifest/manifest.ts'
import type { Clock, RefreshOptions } from '../options.ts'
import type { Invalidation } from '../route/route-target.ts'
import { type Ahead, createAhead } from './ahead.ts'
import { createOnChange, type ChangeSubject } from './on-change.ts'
import type { Operation } from './operation.ts'
import { createOperationLog, type OperationLog } from './operation-log.ts'
import { Reloads } from './reloads.ts'
import { trackedSets } from './tracked-sets.ts'
import { Worker } from './worker.ts'

export type RefresherSettings = {
  readonly manifest: Manifest
  readonly options: RefreshOptions
  readonly clock: Clock
  /** A number from 0 to 1, 1 excluded. */
  readonly random: () => number
  /** Told of each step that an operation takes. */
  readonly changed: (operation: Operation) => void
  /** Whether somebody listens; taken for granted unless given. */
  readonly isHeard?: () => boolean
}

/** Reloads entries in the background: ahead of their expiry, and when a change has made them wrong. */
export type Refresher = {
  /** What a cache must be made with to be added. */
  readonly hooks: (name: string) => Pick<CacheSettings<unknown>, 'tracked' | 'due' | 'calls'>
  readonly add: (cache: Cache<unknown>) => void
  /** Applies what a change made wrong by a `refresh` rule. Returns how many entries are gone. */
  readonly reload: (invalidation: Invalidation, rule: ManifestRefresh, why?: Why) => number
  /** Something was made wrong and dropped: what waits to be reloaded is not wanted any more. */
  readonly cancel: (invalidation: Invalidation) => void
  /** Does the work in the background, for others as well. */
  readonly worker: Worker
  readonly operations: OperationLog
  /** Begins the sweeps. */
  readonly start: () => void
  readonly close: () => void
}

type Known = ChangeSubject & ManifestCache

export function createRefresher(settings: RefresherSettings): Refresher {
  const { manifest, options, clock, random, changed, isHeard } = settings
  const { concurrency, interval, debounce, queue, ...rest } = options
  const worker = new Worker({ ...rest, max: queue, concurrency, clock, random })
  const operations = createOperationLog(clock.now, changed, isHeard)
  const reloads = new Reloads(worker, operations)
  const onChange = createOnChange(reloads, clock, debounce, queue)
  const subjects = new Map<string, Known>()
  let ahead: Ahead | undefined

  const isAhead = (subject: Known): subject is Known & { readonly refresh: number } =>
    subject.refresh !== undefined

  const found = (name: string, entry: Sighted): void => {
    const subject = subjects.get(name)
    if (subject !== undefined && isAhead(subject)) ahead?.found(subject, entry)
  }

  return {
    worker,
    operations,
    hooks: (name) => ({
      tracked: trackedSets(manifest, name),
      due: (entry) => found(name, entry),
      calls: worker.calls,
    }),
    add(cache) {
      const described = manifest.caches[cache.name]
      if (described === undefined) return
      const names = described.params.map((param) => param.name)
      const places = described.partial.map((set) => set.map((param) => names.indexOf(param)))
      subjects.set(cache.name, { ...described, cache, places })
    },
    reload(invalidation, rule, why) {
      const subject = subjects.get(invalidation.cache)
      return subject === undefined ? 0 : onChange.apply(subject, invalidation, rule, why)
    },
    cancel(invalidation) {
      const subject = subjects.get(invalidation.cache)
      if (subject === undefined || invalidation.kind !== 'entries') return
      const { width, values } = invalidation
      for (let row = 0; row < values.length; row += width)
        reloads.cancel(subject, values.slice(row, row + width))
    },
    start() {
      ahead = createAhead([...subjects.values()].filter(isAhead), reloads, clock, interval)
    },
    close() {
      ahead?.close()
      onChange.close()
      worker.close()
    },
  }
}
