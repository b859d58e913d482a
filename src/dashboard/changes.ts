import type { Events } from '../observe/events.ts'

/** A change as the page shows it. */
export type ShownChange = {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly table: string
  readonly operation: string
  readonly caches: readonly { readonly cache: string; readonly keys: number | 'all' }[]
  /** Some of the keys' params. */
  readonly sample: readonly string[]
  readonly dropped: number
  /** Milliseconds from its arrival until it was applied. */
  readonly took: number
}

/** What came since the last batch: all of it as numbers, some of it one by one. */
export type ChangeBatch = {
  readonly count: number
  readonly changes: readonly ShownChange[]
  /** How often a change of a table made entries of a cache wrong: `[table, cache, times]`. */
  readonly edges: readonly (readonly [string, string, number])[]
}

/** How many changes of a batch are shown one by one: more could not be read. */
const SHOWN = 20
const SAMPLE = 3

/** Gathers changes, so that a page is told a few times a second whatever the rate. */
export class ChangeGatherer {
  #count = 0
  #changes: ShownChange[] = []
  #edges = new Map<string, number>()
  readonly #recent: ShownChange[] = []
  readonly #totals = new Map<string, number>()

  /** The last changes, the newest first. */
  get recent(): readonly ShownChange[] {
    return this.#recent
  }

  get totals(): ChangeBatch['edges'] {
    return toEdges(this.#totals)
  }

  add({ change, invalidations, dropped, receivedAt, appliedAt }: Events['change']): void {
    this.#count += 1
    const caches = new Set(invalidations.map(({ cache }) => cache))
    for (const cache of caches) {
      const edge = `${change.table}\0${cache}`
      this.#edges.set(edge, (this.#edges.get(edge) ?? 0) + 1)
      this.#totals.set(edge, (this.#totals.get(edge) ?? 0) + 1)
    }
    if (this.#changes.length >= SHOWN) return
    const shown = {
      ...show(invalidations),
      at: Date.now(),
      table: change.table,
      operation: change.operation,
      dropped,
      took: appliedAt - receivedAt,
    }
    this.#changes.push(shown)
    this.#recent.unshift(shown)
    if (this.#recent.length > 200) this.#recent.pop()
  }

  /** What came since the last call; `undefined` when nothing did. */
  take(): ChangeBatch | undefined {
    if (this.#count === 0) return undefined
    const batch = { count: this.#count, changes: this.#changes, edges: toEdges(this.#edges) }
    this.#count = 0
    this.#changes = []
    this.#edges = new Map()
    return batch
  }
}

function toEdges(counts: ReadonlyMap<string, number>): ChangeBatch['edges'] {
  return [...counts].map(([edge, times]) => {
    const [table = '', cache = ''] = edge.split('\0')
    return [table, cache, times] as const
  })
}

function show(invalidations: Events['change']['invalidations']): Pick<ShownChange, 'caches' | 'sample'> {
  const caches = invalidations.map((invalidation) => ({
    cache: invalidation.cache,
    keys: invalidation.kind === 'all' ? ('all' as const) : invalidation.values.length / invalidation.width,
  }))
  const sample = invalidations
    .flatMap((invalidation) =>
      invalidation.kind === 'all'
        ? []
        : Array.from(
            { length: Math.min(SAMPLE, invalidation.values.length / invalidation.width) },
            (_, row) =>
              [
                invalidation.cache,
                ...invalidation.values.slice(row * invalidation.width, (row + 1) * invalidation.width),
              ].join(' '),
          ),
    )
    .slice(0, SAMPLE)
  return { caches, sample }
}
