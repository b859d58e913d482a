/** What the simulated database holds: a key's version rises with each write. */
export type Version = number

/** A key of the simulation: an item within a group, such as a month of a user. */
export type Key = { readonly group: string; readonly item: string }

/** What the simulation gives to a cache. */
export type World = {
  /** The loader: call it for what is missing. It reads the database somewhere between call and end. */
  readonly load: (key: Key) => Promise<Version>
  /** A loader of several, which reads the database once for all of them; an error in place of a version fails that one alone. */
  readonly loadMany: (keys: readonly Key[]) => Promise<readonly (Version | Error)[]>
  /** Milliseconds; moved on by the simulation alone. */
  readonly now: () => number
  /** A number from 0 to 1, 1 excluded; the same in each run of a schedule. */
  readonly random: () => number
  /** How long an entry should live. */
  readonly ttl: number
  /** How long after the last proof of life what is held may be believed. */
  readonly silence: number
}

/**
 * A cache under test: the only thing to write for one of your own. What is left out is not tried; an invalidation of
 * a group or of everything is then made of invalidations of keys.
 */
export type Subject = {
  readonly get: (key: Key) => Promise<Version>
  /** The held value without loading. */
  readonly peek?: (key: Key) => Version | undefined
  readonly getMany?: (keys: readonly Key[]) => Promise<readonly Version[]>
  /** Loads anew what may be held. */
  readonly refresh?: (key: Key) => Promise<Version>
  /** Makes the entry wrong. When it returns, or its promise resolves, the invalidation counts as applied. */
  readonly invalidate: (key: Key) => void | Promise<void>
  readonly invalidateGroup?: (group: string) => void | Promise<void>
  readonly invalidateAll?: () => void | Promise<void>
  /**
   * Every change that was visible at `since` has been applied, if the cache is told of changes at all: what is held may be believed
   * until `silence` after it. Where `covered` is false, the changes of some time before were not told, and nothing is to be
   * believed; when it is true again, what was held until then is given up. Called once before all else.
   */
  readonly trust?: (since: number, covered: boolean) => void
  /** The feed is gone: nothing is to be believed until `trust`, and then all that is held. */
  readonly suspend?: () => void
  /** Changes may have been missed: nothing is to be believed until `trust`, and nothing that was held by then. */
  readonly distrust?: () => void
  /** What must be empty when everything is invalidated and no load runs, or its description. */
  readonly leftovers?: () => string | undefined
  readonly close?: () => void | Promise<void>
  /** Told of each write when it is committed, as a part of the cache may be that hears of changes by another way. */
  readonly written?: (keys: readonly Key[], group: string | undefined) => void
  /** What else can happen now, such as work in the background, or messages under way; in a fixed order. */
  readonly steps?: (keys: readonly Key[]) => readonly Step[]
  /** Lets everything happen that `steps` would offer. Whether there was anything. */
  readonly drain?: () => boolean
  /** Another process reads the key, so that it is held further away. */
  readonly readElsewhere?: (key: Key) => void
  /** Whether values are on their way from further away than memory. */
  readonly isBusy?: () => boolean
}

/** Something that can happen. */
export type Step = readonly [
  text: string,
  act: () => void | Promise<void>,
  /** The database alone is concerned; the cache does not see it. */
  where?: 'database',
]

export type Adapter = {
  readonly name: string
  /** Makes an empty cache. */
  readonly open: (world: World) => Subject | Promise<Subject>
  /** Turns of microtasks after which the cache has done what it can; 8 unless said. */
  readonly turns?: number
  /** The cache also needs turns of the event loop: slower by far. */
  readonly macrotasks?: boolean
  /** It looks at a clock of its own, so the simulation does not try what time does. */
  readonly ownClock?: boolean
  /**
   * Milliseconds for which it may answer from memory after the last end of trust that was ahead, never with what it was told to be
   * wrong; 0 unless said.
   */
  readonly servesFor?: number
  /**
   * A value may come from further away than its memory, and be older when it comes than when it was asked for; there, other
   * processes load as well.
   */
  readonly promotes?: boolean
  /** No load begins while another one of the same key may be waited for, also to load anew; else only readers at rest are looked at. */
  readonly shares?: boolean
  /** It may let entries go at any time, so loading again is no fault. */
  readonly forgetful?: boolean
}
