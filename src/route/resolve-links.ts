import type { Clock } from '../options.ts'
import type { ManifestPath } from '../manifest/manifest.ts'
import { distinctLinks } from './distinct-links.ts'
import { mapLinks, type Resolved } from './map-links.ts'

/** Runs one query in a snapshot of its own; answers with rows as lists of their columns. */
export type RowsQuery = (text: string, values: readonly unknown[]) => Promise<readonly (readonly unknown[])[]>

export type ResolverSettings<O> = {
  readonly query: RowsQuery
  readonly clock: Clock
  /** Links looked up by one query at most. */
  readonly batch: number
  /** Links that may wait for one path; more are not looked up, and the cache is made wrong as a whole. */
  readonly queue: number
  /** Milliseconds after which a link counts as not resolvable. */
  readonly timeout: number
  /** Makes wrong what a batch of links leads to, or the whole cache where that is not known. */
  readonly apply: (path: ManifestPath, resolved: Resolved | undefined) => O
  /** Told of a look-up that failed. */
  readonly failed: (error: unknown) => void
}

export type LinkResolver<O> = {
  /**
   * Resolves links (rows of `path.columns` texts) in a snapshot that is taken after the call. When the promise
   * resolves, what the batch they were in leads to has been applied. Never rejects.
   */
  readonly resolve: (path: ManifestPath, values: readonly string[]) => Promise<O>
}

type Waiting<O> = { readonly values: readonly string[]; readonly settle: (outcome: O) => void }
type Line<O> = {
  readonly waiting: Waiting<O>[]
  /** Those that wait, and those that are being looked up. */
  readonly unsettled: Set<Waiting<O>>
  links: number
  running: boolean
}

/**
 * Looks links up in batches, one query at a time for each path. A link that comes while a query runs waits for
 * the next: the running one may have taken its snapshot before the link's change was visible.
 */
export function createLinkResolver<O>(settings: ResolverSettings<O>): LinkResolver<O> {
  const lines = new Map<ManifestPath, Line<O>>()

  const take = (path: ManifestPath, line: Line<O>): readonly Waiting<O>[] => {
    const batch: Waiting<O>[] = []
    let links = 0
    for (;;) {
      const [next] = line.waiting
      if (next === undefined || (links > 0 && links + rowsOf(path, next.values) > settings.batch)) break
      line.waiting.shift()
      links += rowsOf(path, next.values)
      batch.push(next)
    }
    line.links -= links
    return batch
  }

  const run = async (path: ManifestPath, line: Line<O>): Promise<void> => {
    line.running = true
    while (line.waiting.length > 0) {
      const batch = take(path, line)
      const resolved = await lookUp(
        settings,
        path,
        batch.flatMap(({ values }) => values),
      )
      const outcome = settings.apply(path, resolved)
      for (const { settle } of batch) settle(outcome)
    }
    line.running = false
  }

  /** Makes the cache wrong as a whole, once for all links that have come: a backlog costs no more than one. */
  const giveUp = (path: ManifestPath, line: Line<O>): O => {
    const outcome = settings.apply(path, undefined)
    line.waiting.length = 0
    line.links = 0
    for (const { settle } of line.unsettled) settle(outcome)
    return outcome
  }

  return {
    resolve: async (path, values) => {
      const line = lines.get(path) ?? { waiting: [], unsettled: new Set(), links: 0, running: false }
      lines.set(path, line)
      const links = rowsOf(path, values)
      if (line.links + links > settings.queue) return giveUp(path, line)
      return await new Promise<O>((resolve) => {
        const cancel = settings.clock.after(settings.timeout, () => giveUp(path, line))
        const waiting: Waiting<O> = {
          values,
          settle: (outcome) => {
            cancel()
            line.unsettled.delete(waiting)
            resolve(outcome)
          },
        }
        line.links += links
        line.unsettled.add(waiting)
        line.waiting.push(waiting)
        if (!line.running) void run(path, line)
      })
    },
  }
}

function rowsOf(path: ManifestPath, values: readonly string[]): number {
  return values.length / path.columns
}

async function lookUp(
  { query, failed }: ResolverSettings<unknown>,
  path: ManifestPath,
  values: readonly string[],
): Promise<Resolved | undefined> {
  try {
    const links = distinctLinks(path, values)
    const columns = Array.from({ length: path.joins }, (_, column) => links.map((link) => link[column]))
    return mapLinks(path, links.flat(), await query(path.sql, columns))
  } catch (error) {
    failed(error)
    return undefined
  }
}
