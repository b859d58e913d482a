import type { Row, Target } from '../harness/benchmark.ts'
import { createTarget } from '../harness/rows.ts'
import { formatNumber } from '../harness/table.ts'
import { type Kind, KIND_TITLES, PLACE_TITLES } from './statements.ts'

/** The heading of the log's volume above the baseline's. */
export const ADDED_WAL = 'WAL added, KiB'

export function describeSize(size: number, kind: Kind): string {
  return `${formatNumber(size)} rows, ${KIND_TITLES[kind]}`
}

const WANTED: readonly (readonly [kind: Kind, ratio: number])[] = [
  ['few', 1.15],
  ['distinct', 1.5],
]

export function listTargets(rows: readonly Row[]): readonly Target[] {
  const ratios = WANTED.flatMap(([kind, ratio]) =>
    [1_000, 10_000, 100_000].flatMap((size) =>
      rows
        .filter(({ name, group }) => name === 'outbox' && group === describeSize(size, kind))
        .map(({ name, table, group, ratio: measured }) => {
          const place = table === PLACE_TITLES.anew ? 'anew' : 'in place'
          return createTarget(`${name}, ${group}, ${place}`, 'at most', ratio, measured)
        }),
    ),
  )
  const volumes = rows.flatMap(({ name, group, table, details }) => {
    const added = details?.[ADDED_WAL]
    const isMeant = name.endsWith('every key') && table === PLACE_TITLES['in place']
    return isMeant && typeof added === 'number'
      ? [createTarget(`${name}, ${group}, WAL`, 'at most', 2048, added, 'KiB')]
      : []
  })
  return [...ratios, ...volumes]
}
