import { createHash } from 'node:crypto'
import {
  type FeedName,
  type Manifest,
  MANIFEST_VERSION,
  type ManifestCache,
  type ManifestQuery,
  type ManifestTable,
  type ManifestTrigger,
  type ManifestWarming,
} from '../manifest/manifest.ts'
import type { Plan, PlanCache, PlanTable } from '../plan/plan.ts'
import { tableLabel } from '../plan/table-label.ts'
import { ddlTriggers, watchesDdl } from './ddl/ddl-object.ts'
import { manifestPaths } from './manifest-path.ts'
import { manifestReloads } from './manifest-reloads.ts'
import { type Emitter, jsonFile } from './output.ts'
import { renderBodies, type TriggerBodies } from './trigger/render-bodies.ts'

/** `manifest.json`: what a runtime reads of the plan. */
export const manifestOutput: Emitter = {
  path: 'manifest.json',
  emit: ({ manifest }) => jsonFile(manifest),
}

/** The part of a plan that the runtime reads. */
export function buildManifest(
  plan: Plan,
  bodies: TriggerBodies = renderBodies(plan),
  formerFeeds: readonly FeedName[] = [],
): Manifest {
  const watched = new Map<string, Set<PlanTable>>()
  for (const table of plan.tables) {
    for (const { cache } of table.watches) watched.set(cache, (watched.get(cache) ?? new Set()).add(table))
  }
  return {
    version: MANIFEST_VERSION,
    ruleset: plan.ruleset,
    feed: plan.feed,
    ...(formerFeeds.length === 0 ? {} : { formerFeeds }),
    channel: plan.channel,
    ...(watchesDdl(plan) ? { ddl: ddlTriggers(plan).map(({ name }) => name) } : {}),
    hash: createHash('sha256').update(JSON.stringify(plan)).digest('hex'),
    caches: Object.fromEntries(
      plan.caches.map((cache) => [cache.name, manifestCache(cache, [...(watched.get(cache.name) ?? [])])]),
    ),
    tables: plan.tables.map((table) => manifestTable(table, bodies)),
    paths: manifestPaths(plan),
    ...manifestWarming(plan),
  }
}

function manifestCache(
  { kind: _, name, key, params, ttl, jitter, max, priority, query, ...extra }: PlanCache,
  watched: readonly PlanTable[],
): ManifestCache {
  const sets = watched
    .flatMap((table) => table.watches.filter((watch) => watch.cache === name))
    .map((watch) =>
      params.map((param) => param.name).filter((param) => watch.params.some((at) => at.param === param)),
    )
    .filter((set) => set.length > 0 && set.length < params.length)
  const partial = [...new Map(sets.map((set) => [JSON.stringify(set), set])).entries()].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )
  return {
    key,
    params: params.map(({ name, type }) => ({ name, type })),
    ttl,
    jitter,
    max,
    priority,
    ...extra,
    ...(query === undefined ? {} : { query: manifestQuery(query) }),
    partial: partial.map(([, set]) => set),
    tables: watched.map(({ table }) => tableLabel(table)),
  }
}

function manifestQuery({ text, many, one }: NonNullable<PlanCache['query']>): ManifestQuery {
  return { text, ...(many === undefined ? {} : { many }), one }
}

function manifestWarming({ warming }: Plan): Pick<Manifest, 'warming'> {
  if (warming.length === 0) return {}
  const sets = warming.map(({ kind: _, name, schedule, ...set }): [string, ManifestWarming] => [
    name,
    { ...set, ...(schedule === undefined ? {} : { schedule }) },
  ])
  return { warming: Object.fromEntries(sets) }
}

function manifestTable(table: PlanTable, bodies: TriggerBodies): ManifestTable {
  const reloads = manifestReloads(table)
  return {
    table: tableLabel(table.table),
    schema: table.table.schema,
    name: table.table.name,
    triggers: table.triggers.map((trigger): ManifestTrigger => ({
      name: trigger.trigger,
      operation: trigger.operation,
      function: trigger.function,
      body: createHash('md5')
        .update(bodies.get(trigger.function) ?? '')
        .digest('hex'),
    })),
    ...(reloads.length === 0 ? {} : { reloads }),
  }
}
