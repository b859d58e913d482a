import { type ManifestRefresh, type ManifestReload, PRIORITIES } from '../manifest/manifest.ts'
import type { PlanTable, Watch } from '../plan/plan.ts'
import { OPERATIONS } from '../wire/change.ts'
import { type Group, groupWatches } from './trigger/group.ts'

/**
 * Which messages of a table reload what they name. A message does not say which rule made it: where rules that drop and rules
 * that reload make the same one, it drops. So the reader never does less than a rule asks for, and the writer nothing more.
 */
export function manifestReloads(table: PlanTable): readonly ManifestReload[] {
  const reloads = new Map<string, ManifestReload>()
  const messages = new Map<readonly Group[], readonly Message[]>()
  for (const operation of OPERATIONS) {
    // Most operations of a table have the same groups.
    const groups = groupWatches(table, operation)
    const own = messages.get(groups) ?? messagesOf(groups)
    messages.set(groups, own)
    for (const { cache, params, refresh } of own) {
      const identity = JSON.stringify([cache, params, refresh])
      const operations = [...(reloads.get(identity)?.operations ?? []), operation]
      reloads.set(identity, { operations, cache, params, ...refresh })
    }
  }
  return [...reloads.values()]
}

/** How entries are reloaded that all of these watches make wrong; `undefined` when one of them drops. */
export function refreshOf(watches: readonly Watch[]): ManifestRefresh | undefined {
  if (watches.length === 0 || watches.some(({ action }) => action === 'invalidate')) return undefined
  const served = watches.every(({ meanwhile }) => meanwhile === 'serve')
  return {
    priority: PRIORITIES.find((name) => watches.some(({ priority }) => priority === name)) ?? 'normal',
    meanwhile: served ? 'serve' : 'wait',
  }
}

type Message = Pick<ManifestReload, 'cache' | 'params'> & { readonly refresh: ManifestRefresh }

/** The messages that reload: by what they bind, and the one by which any group may name its whole cache. */
function messagesOf(groups: readonly Group[]): readonly Message[] {
  const bound = new Map<string, { cache: string; params: readonly string[]; watches: Watch[] }>()
  const note = (cache: string, params: readonly string[], watches: readonly Watch[]): void => {
    const identity = JSON.stringify([cache, params])
    const found = bound.get(identity) ?? { cache, params, watches: [] }
    bound.set(identity, { ...found, watches: [...found.watches, ...watches] })
  }
  for (const { cache, params, path, watches } of groups) {
    note(cache, [], watches)
    if (path === undefined && params.length > 0) note(cache, [...params].sort(), watches)
  }
  return [...bound.values()].flatMap(({ cache, params, watches }) => {
    const refresh = refreshOf(watches)
    return refresh === undefined ? [] : [{ cache, params, refresh }]
  })
}
