import { canonicalParam, type ParamType, type ParamValue } from '../key/param.ts'
import { StalemateError } from '../errors.ts'
import { readBoolean, readChoice, readDuration, readNumber } from './check-settings.ts'
import { DEFAULTS, LEARNED, PRIORITY_NAMES, WARMING_OCCASIONS } from './defaults.ts'
import { readWarmingQuery } from './read-warming-query.ts'
import { resolveName, type Targets } from './resolve-target.ts'
import { positionOf, type Source } from './source.ts'
import { suggestHint } from './suggest.ts'
import { entriesOf, entryOf, itemsOf, textOf, valueOf, type YamlEntry, type YamlNode } from './yaml-node.ts'
import type { ParseSelect } from '../sql/parse-select.ts'
import type { Draft } from './merge-files.ts'
import type { Report } from './report.ts'
import type { CacheRule, WarmingSet } from './ruleset.ts'
import type { ParseSchedule } from './schedule.ts'

export type WarmingContext = {
  readonly targets: Targets
  readonly report: Report
  /** `undefined` when no set has a query, or a schedule. */
  readonly parseSelect: ParseSelect | undefined
  readonly parseSchedule: ParseSchedule | undefined
}

/** Checks and reads the warming sets, in the order of their names. One that is not valid is left out. */
export function checkWarming(draft: Draft, context: WarmingContext): readonly WarmingSet[] {
  return [...draft.warming.values()]
    .flatMap(({ source, node }) => checkSet(source, node, context) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function checkSet(
  source: Source,
  { key, value }: YamlEntry,
  context: WarmingContext,
): WarmingSet | undefined {
  const { report, targets } = context
  const name = textOf(valueOf(value, 'cache'))
  const cache = name && resolveName(source, name, targets, report)
  const schedule = readSchedule(source, valueOf(value, 'schedule'), context)
  const timeout = readDuration(source, valueOf(value, 'timeout'), report)
  const params = cache && readParams(source, key, value, cache, context)
  if (cache === undefined || params === undefined) return undefined
  const { warming } = DEFAULTS
  const written = new Set(itemsOf(valueOf(value, 'on')).map((item) => textOf(item)?.value))
  const on = WARMING_OCCASIONS.filter((occasion) => written.has(occasion))
  return {
    kind: 'warming',
    name: key.name,
    cache: cache.name,
    params,
    on: on.length > 0 || schedule !== undefined ? on : [warming.on],
    beforeReady: readBoolean(valueOf(value, 'before-ready')) ?? warming.beforeReady,
    schedule,
    batch: readNumber(valueOf(value, 'batch')) ?? warming.batch,
    concurrency: readNumber(valueOf(value, 'concurrency')) ?? warming.concurrency,
    limit: Math.min(readNumber(valueOf(value, 'limit')) ?? warming.limit, cache.max),
    timeout: timeout ?? warming.timeout,
    priority: readChoice(valueOf(value, 'priority'), PRIORITY_NAMES) ?? cache.priority,
    at: positionOf(source, key),
  }
}

function readSchedule(
  source: Source,
  node: YamlNode | undefined,
  { parseSchedule, report }: WarmingContext,
): string | undefined {
  const text = textOf(node)
  const parsed = text && parseSchedule?.(text.value)
  if (text === undefined || parsed === undefined || text.value === '') return undefined
  if (parsed.ok) return parsed.schedule
  report.error(
    source,
    text,
    'bad-schedule',
    `Expected a cron expression such as "*/30 * * * *", got ${JSON.stringify(text.value.slice(0, 60))}.`,
    parsed.reason === undefined
      ? 'It has five fields: minute, hour, day of month, month, day of week.'
      : `${parsed.reason.replace(/\.$/, '')}.`,
  )
  return undefined
}

function readParams(
  source: Source,
  key: YamlEntry['key'],
  value: YamlNode,
  cache: CacheRule,
  context: WarmingContext,
): WarmingSet['params'] | undefined {
  const { report } = context
  const entry = entryOf(value, 'params')
  const names = cache.params.map(({ name }) => name)
  if (entry === undefined) {
    if (names.length === 0) return { kind: 'list', items: [{}] }
    const hint = `Write a SELECT, as in params: SELECT ${names.map((name) => `... AS ${name}`).join(', ')}`
    report.error(source, key, 'missing-key', 'The warming set needs "params".', hint)
    return undefined
  }
  if (names.length === 0) {
    const hint = 'Remove "params": the cache has one entry.'
    report.error(source, entry.key, 'warming-params', `${cache.name} has no params.`, hint)
    return undefined
  }
  const text = textOf(entry.value)
  if (text?.value.trim() === LEARNED) return { kind: 'learned' }
  if (text !== undefined) return readWarmingQuery(source, text, names, context.parseSelect, report)
  const read = itemsOf(entry.value).map((item) => readItem(source, item, cache, report))
  const items = read.filter((item) => item !== undefined)
  return items.length > 0 && items.length === read.length ? { kind: 'list', items } : undefined
}

function readItem(
  source: Source,
  item: YamlNode,
  cache: CacheRule,
  report: Report,
): Readonly<Record<string, ParamValue>> | undefined {
  if (item.kind !== 'map') return undefined
  const values: Record<string, ParamValue> = {}
  const names = cache.params.map(({ name }) => name)
  let valid = true
  for (const { key } of entriesOf(item)) {
    if (names.includes(key.name)) continue
    const hint = suggestHint(key.name, names, 'The params are')
    report.error(
      source,
      key,
      'warming-params',
      `${cache.name} has no param ${JSON.stringify(key.name)}.`,
      hint,
    )
    valid = false
  }
  for (const { name, type } of cache.params) {
    const node = valueOf(item, name)
    if (node === undefined) {
      const hint = 'An entry is named by all of its params.'
      report.error(source, item, 'warming-params', `The param ${name} of ${cache.name} is missing.`, hint)
      valid = false
      continue
    }
    if (node.kind !== 'scalar' || node.value === null) return undefined
    try {
      values[name] = canonicalParam(type, node.value, name)
    } catch (error) {
      if (!(error instanceof StalemateError)) throw error
      report.error(source, node, 'wrong-value', error.message, quoteHint(type, node.value))
      valid = false
    }
  }
  return valid ? values : undefined
}

function quoteHint(type: ParamType, value: string | number | boolean): string | undefined {
  if (typeof value !== 'number' || type === 'int' || type === 'boolean') return undefined
  if (type !== 'bigint') return 'If it is meant as a text, put quotes around it.'
  return Number.isInteger(value) ? 'Put quotes around it, so that no digit is lost.' : undefined
}
