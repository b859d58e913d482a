type Entry = { readonly cache: string; readonly params: Readonly<Record<string, unknown>> }
type Held = { readonly entry: Entry; readonly value: unknown; readonly until: number }

/** Leases that may be open; without one a value is not held. */
const MAX_LEASES = 10_000

/** What a tier answers when it is read; see `Tier` of the package's main entry. */
export type MemoryTierAnswer =
  | { readonly kind: 'held'; readonly value: unknown; readonly life: number }
  | { readonly kind: 'missing'; readonly lease: unknown }

/** A further tier in the memory of this process, that several runtimes may share: for tests, and to see what a tier must do. */
export type MemoryTier = {
  readonly name: string
  readonly read: (entry: Entry, context?: { readonly isAnew?: boolean }) => MemoryTierAnswer
  readonly fill: (
    entry: Entry,
    value: unknown,
    how: { readonly lease: unknown; readonly life: number },
  ) => void
  readonly invalidate: (named: readonly Entry[]) => void
  /** Values that are held. */
  readonly size: () => number
}

/** @param now milliseconds, such as `performance.now` */
export function createMemoryTier(now: () => number, name = 'memory'): MemoryTier {
  const held = new Map<string, Held>()
  const leases = new Map<object, Entry>()
  return {
    name,
    read(entry, { isAnew = false } = {}) {
      const found = held.get(idOf(entry))
      const life = found === undefined ? 0 : found.until - now()
      if (found !== undefined && life > 0 && !isAnew) return { kind: 'held', value: found.value, life }
      const lease = {}
      leases.set(lease, entry)
      // Loads that failed leave theirs behind.
      const [oldest] = leases.keys()
      if (leases.size > MAX_LEASES && oldest !== undefined) leases.delete(oldest)
      return { kind: 'missing', lease }
    },
    fill(entry, value, { lease, life }) {
      const leased = leases.get(lease as object)
      leases.delete(lease as object)
      // An invalidation has ended the lease, so the value may be from before it.
      if (leased === undefined || idOf(leased) !== idOf(entry)) return
      held.set(idOf(entry), { entry, value, until: now() + life })
    },
    invalidate(named) {
      for (const [id, { entry }] of held) if (named.some((one) => names(one, entry))) held.delete(id)
      for (const [lease, entry] of leases) if (named.some((one) => names(one, entry))) leases.delete(lease)
    },
    size: () => held.size,
  }
}

function idOf({ cache, params }: Entry): string {
  return JSON.stringify([
    cache,
    Object.entries(params)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, String(value)]),
  ])
}

function names(one: Entry, entry: Entry): boolean {
  return (
    one.cache === entry.cache &&
    Object.entries(one.params).every(([name, value]) => String(entry.params[name]) === String(value))
  )
}
