import { isEnumType } from '../key/param.ts'
import { type Effect, listEffects } from '../plan/effects.ts'
import { showKeys, showPath } from '../plan/show-watch.ts'
import { OPERATIONS } from '../rules/defaults.ts'
import { formatDuration } from '../rules/duration.ts'
import { showName } from '../rules/identifier.ts'
import type { CacheRule, Ruleset, WarmingSet } from '../rules/ruleset.ts'
import { bannerLines } from './banner.ts'
import { code, plain, table } from './markdown.ts'
import type { Emitter } from './output.ts'
import { drawGraph } from './rules-graph.ts'

/** `RULES.md`: what the rules mean, for those who review them. */
export const rulesOutput: Emitter = {
  path: 'RULES.md',
  emit: ({ ruleset, sources }) => `${describeRules(ruleset, sources).join('\n\n')}\n`,
}

function describeRules(ruleset: Ruleset, sources: readonly string[]): readonly string[] {
  const effects = listEffects(ruleset)
  const graph = drawGraph(effects)
  const tables = groupBy(effects, ({ table: changed }) => showName(changed))
  const ofCaches = groupBy(effects, ({ watch }) => watch.cache)
  const caches = new Map(ruleset.caches.map((cache) => [cache.name, cache]))
  const names = [...tables.keys()].sort()
  return [
    // A comment of HTML cannot hold two hyphens in a row.
    `<!-- ${bannerLines(sources).join(' ').replaceAll('--', '- -')} -->`,
    `# The rules of ${plain(ruleset.name)}`,
    'What is cached, and which changes of which tables make it wrong. Where a key shows a column, as in ' +
      '`dashboard:{calls.user_id}`, the keys with its values before and after the change are wrong; `*` stands for ' +
      'any value. A `TRUNCATE`, and more keys than `max-keys` in one statement, make all keys of a cache wrong.',
    ...(graph === undefined ? [] : [`\`\`\`mermaid\n${graph}\n\`\`\``]),
    '## Caches',
    ...ruleset.caches.flatMap((cache) => describeCache(cache, ruleset, ofCaches.get(cache.name) ?? [])),
    ...(names.length === 0 ? [] : ['## Tables']),
    ...names.flatMap((name) => [`### ${code(name)}`, describeTable(tables.get(name) ?? [], caches)]),
    ...(ruleset.warming.length === 0 ? [] : ['## Warming', describeWarming(ruleset.warming)]),
  ]
}

function describeCache(
  { name, template, params, ttl, jitter, max, priority, refresh, maxKeys }: CacheRule,
  { warming }: Ruleset,
  effects: readonly Effect[],
): readonly string[] {
  const from = new Set(effects.map((effect) => showName(effect.table)))
  const warmed = warming.filter(({ cache }) => cache === name)
  const list = (names: readonly string[], none: string): string => names.map(code).join(', ') || none
  return [
    `### ${code(name)}`,
    table(
      ['key', code(template.source)],
      [
        ['params', params.map((param) => `${code(param.name)} ${plain(isEnumType(param.type) ? param.type.slice('enum:'.length) : param.type)}`).join(', ') || 'none'], // prettier-ignore
        ['kept', `${formatDuration(ttl)}, at random up to ${percent(jitter)} less; at most ${count(max, 'entry', 'entries')}`], // prettier-ignore
        ['priority', priority],
        ['refresh', refresh === 'off' ? 'off' : `ahead, from ${percent(refresh)} of that time`],
        ['max-keys', showNumber(maxKeys)],
        ['made wrong by', list([...from].sort(), 'nothing but its age')],
        ...(warmed.length === 0 ? [] : [['warmed by', list(warmed.map((set) => set.name), '')]]), // prettier-ignore
      ],
    ),
  ]
}

function describeTable(effects: readonly Effect[], caches: ReadonlyMap<string, CacheRule>): string {
  return table(
    ['wrong keys', 'on', 'if it holds before or after', 'over', 'by'],
    effects.map(({ rule, number, table: changed, watch }) => {
      const template = caches.get(watch.cache)?.template
      const file = rule.at.file.replace(/^.*[/\\]/, '')
      const others = watch.operations.filter((name) => name !== 'update')
      const on = watch.operations.length === OPERATIONS.length ? ['any change'] : others
      const updates = !watch.operations.includes('update')
        ? []
        : watch.columns !== 'all'
          ? [`update of ${watch.columns.map(code).join(', ')}`]
          : on[0] === 'any change'
            ? []
            : ['update']
      return [
        `${template === undefined ? '' : code(showKeys(template, changed, watch))}${watch.action === 'refresh' ? ' (reloaded)' : ''}`,
        (updates.length > 0 ? [...others, ...updates] : on).join(', '),
        watch.when === undefined ? '' : code(watch.when.sql),
        showPath(changed, watch).map(code).join(', '),
        `${plain(file)}, ${rule.derived === undefined ? `${plain(showName(rule.table))} rule ${number}` : `query of ${plain(rule.cache)}`}`,
      ]
    }),
  )
}

function describeWarming(sets: readonly WarmingSet[]): string {
  return table(
    ['set', 'cache', 'params', 'when', 'at most'],
    sets.map(({ name, cache, params, on, beforeReady, schedule, limit, priority }) => [
      code(name),
      code(cache),
      describeParams(params),
      [
        ...on.map(
          (moment) => `on ${moment}${beforeReady && moment === 'startup' ? ', before it is ready' : ''}`,
        ),
        ...(schedule === undefined ? [] : [code(schedule)]),
      ].join(', '),
      `${count(limit, 'entry', 'entries')}, ${priority} priority`,
    ]),
  )
}

function describeParams(params: WarmingSet['params']): string {
  switch (params.kind) {
    case 'query':
      return code(params.sql)
    case 'list':
      return count(params.items.length, 'entry', 'entries')
    case 'learned':
      return 'what was asked for at this hour in former weeks'
  }
}

function groupBy<Item>(items: readonly Item[], name: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = name(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}

function count(value: number, one: string, many: string): string {
  return `${showNumber(value)} ${value === 1 ? one : many}`
}

/** A whole number with a comma at each thousand. */
function showNumber(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}
