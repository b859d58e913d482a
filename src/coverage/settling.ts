import { readTables, type Query, type TableCoverage, type Uncovered } from './read-coverage.ts'
import { readWriters, type Writers } from './writers.ts'
import type { Manifest } from '../manifest/manifest.ts'

/** What is known of a table whose triggers are as they should be. */
type Known = {
  readonly fingerprint: string
  /** Transactions that may have fired what was there before. */
  readonly waitsFor: ReadonlySet<string>
}

/** Compares what is installed with the manifest, and remembers what is new. */
export type Coverage = {
  /** Looks now. Looks must not overlap. */
  readonly look: () => Promise<readonly Uncovered[]>
}

/**
 * What was newly installed covers a table once every transaction has ended that wrote to it when it was first seen: such a
 * transaction may have fired what was there before, which says nothing of what only the new triggers look for. That
 * includes one that got its transaction id after the installation began, or has none yet, and the installing transaction
 * itself, as others only learn of new functions when it releases its locks.
 *
 * The order matters: first the triggers are read, then the writers. A writer that comes later has the new triggers.
 */
export function createCoverage(query: Query, manifest: Manifest): Coverage {
  let known: ReadonlyMap<string, Known> = new Map()
  return {
    async look() {
      const tables = await readTables(query, manifest)
      const covered = tables.filter(({ uncovered }) => uncovered.length === 0)
      const waiting = covered.filter((table) => known.get(table.table)?.waitsFor.size !== 0 || isNew(table))
      const writers =
        waiting.length === 0
          ? undefined
          : await readWriters(
              query,
              waiting.flatMap(({ relations }) => relations),
              waiting.flatMap(({ installers }) => installers),
            )
      known = new Map(
        covered.map((table) => {
          const before = known.get(table.table)
          const waitsFor = writers === undefined ? new Set<string>() : findWriters(table, writers, before)
          return [table.table, { fingerprint: table.fingerprint, waitsFor }]
        }),
      )
      return tables.flatMap((table) => table.uncovered.concat(settlingIn(table)))
    },
  }

  function isNew({ table, fingerprint }: TableCoverage): boolean {
    return known.get(table)?.fingerprint !== fingerprint
  }

  function settlingIn({ table, triggers }: TableCoverage): readonly Uncovered[] {
    if ((known.get(table)?.waitsFor.size ?? 0) === 0) return []
    return triggers.map((trigger) => ({ table, trigger, reason: 'settling' }))
  }
}

/** Whom a table waits for: all that write at the first look, and of those later on the ones that are still there. */
function findWriters(
  { relations, fingerprint }: TableCoverage,
  { byRelation, installing, prepared }: Writers,
  before: Known | undefined,
): ReadonlySet<string> {
  const isFirst = before?.fingerprint !== fingerprint
  if (!isFirst && before.waitsFor.size === 0) return before.waitsFor
  const now = [...relations.flatMap((relation) => [...(byRelation.get(relation) ?? [])]), ...installing]
  return new Set(now.filter((writer) => isFirst || before.waitsFor.has(writer) || prepared.has(writer)))
}
