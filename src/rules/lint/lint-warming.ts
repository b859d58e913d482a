import { readNumber } from '../check-settings.ts'
import { formatDuration } from '../duration.ts'
import { shortestGap } from '../schedule.ts'
import { entryOf, valueOf } from '../yaml-node.ts'
import type { Draft } from '../merge-files.ts'
import type { Report } from '../report.ts'
import type { Ruleset } from '../ruleset.ts'

/** Different schedules whose gaps are looked at: a schedule that hardly ever comes is slow to follow. */
const MAX_SCHEDULES = 200

/** Warns of sets that are cold between two runs, and of more entries than are loaded or held. */
export async function lintWarming({ caches, warming }: Ruleset, draft: Draft, report: Report): Promise<void> {
  const byName = new Map(caches.map((cache) => [cache.name, cache]))
  const gaps = new Map<string, number | undefined>()
  for (const { name, cache: cacheName, schedule, params, limit } of warming) {
    const placed = draft.warming.get(name)
    const cache = byName.get(cacheName)
    if (placed === undefined || cache === undefined) continue
    const { source, node } = placed
    if (schedule !== undefined && cache.refresh === 'off') {
      if (!gaps.has(schedule) && gaps.size < MAX_SCHEDULES) gaps.set(schedule, await shortestGap(schedule))
      const gap = gaps.get(schedule)
      if (gap !== undefined && cache.ttl < gap) {
        report.warn(
          source,
          valueOf(node.value, 'schedule') ?? node.key,
          'ttl-too-short',
          `Entries of ${cacheName} are kept for ${formatDuration(cache.ttl)} and warmed every ${formatDuration(gap)}: in between they are cold.`,
          `Raise the ttl of ${cacheName}, or have it reloaded ahead, as in refresh: 80%.`,
        )
      }
    }
    const written = valueOf(node.value, 'limit')
    if ((readNumber(written) ?? 0) > cache.max) {
      report.warn(
        source,
        written ?? node.key,
        'warming-limit',
        `${cacheName} holds ${cache.max} entries, so that the last ones warmed push out the first.`,
        `Lower limit, or raise the max of ${cacheName}.`,
      )
    }
    if (params.kind === 'list' && params.items.length > limit) {
      report.warn(
        source,
        entryOf(node.value, 'params')?.key ?? node.key,
        'warming-limit',
        `There are ${params.items.length} entries, of which the first ${limit} are loaded.`,
        'Raise limit, or shorten the list.',
      )
    }
  }
}
