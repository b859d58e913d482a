/** What an entry takes besides its value: itself, its places in the maps and in the order, its groups. */
const ENTRY = 300

/** Holdings that share a ceiling. */
export type Tenant = {
  /** The higher, the later its entries give way. */
  readonly rank: number
  readonly count: number
  /** Bytes of the values. */
  readonly size: number
  /** Lets the entry go that should leave next. */
  readonly evict: (now: number) => void
}

/**
 * One bound for what all caches hold together. What gives way first is what was used longest ago in the cache that
 * takes most among those of the lowest rank.
 */
export class Ceiling {
  readonly #max: number
  readonly #tenants: Tenant[] = []
  #used = 0

  /** @param max bytes */
  constructor(max: number) {
    this.#max = max
  }

  /** Bytes of all entries, as they are estimated. */
  get used(): number {
    return this.#used
  }

  join(tenant: Tenant): void {
    this.#tenants.push(tenant)
  }

  /** Entries came (or, below 0, left) whose values take so many bytes. */
  grow(entries: number, bytes: number): void {
    this.#used += entries * ENTRY + bytes
  }

  /** Lets entries go until the bound is kept. */
  keep(now: number): void {
    while (this.#used > this.#max) {
      const tenant = this.#choose()
      if (tenant === undefined) return
      tenant.evict(now)
    }
  }

  #choose(): Tenant | undefined {
    let chosen: Tenant | undefined
    for (const tenant of this.#tenants) {
      if (tenant.count === 0) continue
      if (chosen === undefined || tenant.rank < chosen.rank) chosen = tenant
      else if (tenant.rank === chosen.rank && weigh(tenant) > weigh(chosen)) chosen = tenant
    }
    return chosen
  }
}

function weigh({ count, size }: Tenant): number {
  return count * ENTRY + size
}
