import { DEFAULTS } from '../defaults.ts'
import { formatDuration } from '../duration.ts'
import { entryOf } from '../yaml-node.ts'
import type { Draft } from '../merge-files.ts'
import type { Report } from '../report.ts'
import type { Ruleset } from '../ruleset.ts'

/** What a reload ahead needs at least between its start and the entry's expiry, in milliseconds. */
const LEAST_WINDOW = 100

/** Warns of caches that nothing makes wrong, or only as a whole, and of a refresh that begins too late. */
export function lintCaches({ caches, rules }: Ruleset, draft: Draft, report: Report): void {
  const bound = new Map<string, number>()
  for (const { cache, params } of rules) bound.set(cache, Math.max(bound.get(cache) ?? 0, params.length))
  for (const { name, params, ttl, refresh, query, loader } of caches) {
    const placed = draft.caches.get(name)
    if (placed === undefined) continue
    const { source, node } = placed
    const most = bound.get(name)
    // Without a look at its query, nobody knows what makes it wrong.
    const isOpen = query?.derive === true && loader === undefined
    if (most === undefined && !isOpen) {
      report.warn(
        source,
        node.key,
        'unwatched-cache',
        `No rule makes ${name} wrong: it may be stale for ${formatDuration(ttl)}, its TTL.`,
        `Write a rule under tables:, as in - invalidate: ${name}`,
      )
    } else if (most === 0 && params.length > 0) {
      report.warn(
        source,
        entryOf(node.value, 'params')?.key ?? node.key,
        'unbound-params',
        `Each change makes all of ${name} wrong, since no rule binds ${params.map((param) => param.name).join(' or ')}.`,
        'Bind a param to a column, over other tables by via: if need be.',
      )
    }
    const isWritten = refresh !== DEFAULTS.refresh || entryOf(node.value, 'refresh') !== undefined
    if (refresh !== 'off' && isWritten && ttl * (1 - refresh) < LEAST_WINDOW) {
      const entry = entryOf(node.value, 'refresh') ?? entryOf(node.value, 'ttl')
      report.warn(
        source,
        entry?.value ?? node.key,
        'ttl-too-short',
        `A reload after ${Math.round(refresh * 100)}% of ${formatDuration(ttl)} has hardly begun when the entry expires.`,
        'Raise ttl, or lower refresh.',
      )
    }
  }
}
