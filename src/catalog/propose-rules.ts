import { makeProposal, type ProposedRule, type ProposedTable } from './proposal.ts'
import { showName } from './show.ts'
import { commentText, sqlName, yamlText } from './yaml-text.ts'
import type { Catalog, CatalogRelation } from './catalog.ts'

export type ProposeOptions = {
  /** The ruleset's name; what is not allowed in one is replaced. `app` unless given. */
  readonly name?: string
  /** How many tables get a cache; the others are listed in comments. 20 unless given. */
  readonly limit?: number
}

/** Lines of comments for what is left out; past them only the number is said. */
const MOST_LISTED = 500

const EXAMPLES: Readonly<Record<string, string>> = {
  uuid: '4f3c2a1e-...',
  int: '42',
  bigint: '42',
  text: 'abc',
  boolean: 'true',
  date: '2026-03-14',
}

/** Proposes a first rule file from what a database has: a text to start from, with comments that teach. */
export function proposeRules(catalog: Catalog, { name = 'app', limit = 20 }: ProposeOptions = {}): string {
  const { chosen, others, notes } = makeProposal(catalog, limit)
  const cached = chosen.filter(isCached)
  const caches = new Set(cached.map(({ cache }) => cache))
  const lines = [
    '# yaml-language-server: $schema=../generated/rules.schema.json',
    '#',
    '# A first ruleset, proposed from the tables of the database. It takes each row for something that the',
    '# application caches, together with the rows that refer to it. Keep what fits, rename and remove the rest, then',
    '# run `stalemate compile`.',
    '',
    'version: 1',
    '',
    '# Everything that is created in the database carries this name, so that two applications can share one.',
    `name: ${yamlText(toRulesetName(name))}`,
    '',
    '# What holds for each cache that does not say otherwise.',
    'defaults:',
    '  ttl: 5m # an entry is kept at most this long, even if nothing makes it wrong',
    '',
    ...(cached.length === 0
      ? emptySections()
      : [...cacheSection(cached), '', ...tableSection(chosen, caches)]),
    ...otherSection(others),
    ...noteSection(notes),
  ]
  return `${lines.join('\n')}\n`
}

type CachedTable = ProposedTable & { readonly cache: string }

function isCached(table: ProposedTable): table is CachedTable {
  return table.cache !== undefined
}

function emptySections(): string[] {
  return [
    '# No table has a primary key that can be a param. A cache and its rule look like this:',
    '#',
    '# caches:',
    '#   dashboard:',
    '#     key: dashboard:{user_id}',
    '#     params: { user_id: uuid }',
    '# tables:',
    '#   calls:',
    '#     - invalidate: dashboard',
  ]
}

function cacheSection(tables: readonly CachedTable[]): string[] {
  return [
    'caches:',
    ...tables.flatMap(({ relation, cache, params }, index) => [
      ...(index === 0 ? [] : ['']),
      `  # A row of ${showName(relation)}${relation.kind === 'partitioned' ? ', whatever its partition,' : ','} and what the application shows with it.`,
      `  ${yamlText(cache)}:`,
      `    key: ${keyOf(cache, params)}${index === 0 ? ` # a key looks like ${exampleKey(cache, params)}` : ''}`,
      '    params:',
      ...params.map(
        ({ name, type }, place) =>
          `      ${yamlText(name)}: ${type}${index + place === 0 ? ' # the type of the columns that it is read from' : ''}`,
      ),
    ]),
  ]
}

function keyOf(cache: string, params: ProposedTable['params']): string {
  return [cache, ...params.map(({ name }) => `{${name}}`)].join(':')
}

function exampleKey(cache: string, params: ProposedTable['params']): string {
  return [cache, ...params.map(({ type }) => EXAMPLES[type] ?? '...')].join(':')
}

function tableSection(tables: readonly ProposedTable[], caches: ReadonlySet<string>): string[] {
  const taught = new Set<string>()
  const lines = ['# Which changes make what wrong.', 'tables:']
  for (const [index, table] of tables.entries()) {
    if (index > 0) lines.push('')
    const isWatched = table.rules.some(({ cache }) => caches.has(cache))
    lines.push(`  ${isWatched ? '' : '# '}${tableKey(table.relation)}:`)
    for (const rule of table.rules) {
      const isOwn = rule === table.rules[0] && isCached(table)
      const comments = isOwn ? explainOwn(rule, taught) : explainReference(table, rule, taught)
      if (rule !== table.rules[0]) lines.push('')
      const mark = caches.has(rule.cache) ? '' : '# '
      lines.push(...comments.map((comment) => `    # ${comment}`))
      lines.push(`    ${mark}- invalidate: ${yamlText(rule.cache)}`)
      const renamed = withOf(rule)
      if (renamed !== undefined) lines.push(`    ${mark}  with: ${renamed}`)
      if (isOwn) lines.push(...teachColumns(table, taught))
    }
  }
  return lines
}

/** Says something the first time only. */
function once(taught: Set<string>, topic: string, lines: readonly string[]): readonly string[] {
  if (taught.has(topic)) return []
  taught.add(topic)
  return lines
}

function explainOwn(rule: ProposedRule, taught: Set<string>): readonly string[] {
  const renamed = rule.bindings.find(([param, column]) => param !== column)
  if (renamed === undefined)
    return once(taught, 'same', ['Each param of the cache is read from the column of the same name.'])
  return once(taught, 'with', [
    `The param ${renamed[0]} is called ${renamed[1]} in this table: "with" says in which column a param is found.`,
  ])
}

function explainReference(table: ProposedTable, rule: ProposedRule, taught: Set<string>): readonly string[] {
  const columns = rule.bindings.map(([, column]) => column).join(', ')
  const verb = rule.bindings.length === 1 ? 'refers' : 'refer'
  const target = showName(rule.target)
  if (rule.target === table.relation) return [`${columns} ${verb} to another row of ${target}.`]
  return [
    `${columns} ${verb} to ${target}.`,
    ...once(taught, 'reference', [
      'A row that moves from one of them to another makes both wrong. Remove the rule if what is cached of',
      `${target} shows nothing of ${showName(table.relation)}.`,
    ]),
  ]
}

/** Shows, with columns of the table, how a rule is narrowed. */
function teachColumns({ relation }: ProposedTable, taught: Set<string>): readonly string[] {
  const keys = new Set([
    ...(relation.primaryKey ?? []),
    ...relation.foreignKeys.flatMap(({ columns }) => columns),
  ])
  const names = relation.columns
    .filter(
      ({ name, generated }) => !keys.has(name) && generated === undefined && /^[a-z_][a-z0-9_]*$/.test(name),
    )
    .slice(0, 2)
    .map(({ name }) => yamlText(name))
  if (names.length === 0) return []
  return once(taught, 'columns', [
    `      # columns: [${names.join(', ')}] # then an update of other columns makes nothing wrong`,
  ])
}

function tableKey({ schema, name }: CatalogRelation): string {
  const shown = schema === 'public' ? sqlName(name) : `${sqlName(schema)}.${sqlName(name)}`
  return yamlText(shown)
}

/** The params that are not read from the column of the same name, as a YAML map. */
function withOf({ bindings }: ProposedRule): string | undefined {
  const renamed = bindings
    .filter(([param, column]) => param !== column)
    .map(([param, column]) => `${yamlText(param)}: ${yamlText(sqlName(column))}`)
  return renamed.length === 0 ? undefined : `{ ${renamed.join(', ')} }`
}

/** Tables past the limit, each on one line that can be taken out of its comment. */
function otherSection(tables: readonly ProposedTable[]): string[] {
  if (tables.length === 0) return []
  const listed = tables.slice(0, MOST_LISTED)
  const more = tables.length - listed.length
  return [
    '',
    '# The other tables. Move what you need to where it belongs, without the mark in front.',
    '# caches:',
    ...listed.filter(isCached).map(({ cache, params }) => {
      const types = params.map(({ name, type }) => `${yamlText(name)}: ${type}`).join(', ')
      return `#   ${yamlText(cache)}: { key: ${yamlText(keyOf(cache, params))}, params: { ${types} } }`
    }),
    '# tables:',
    ...listed.map(({ relation, rules }) => {
      const items = rules.map((rule) => {
        const renamed = withOf(rule)
        return `{ invalidate: ${yamlText(rule.cache)}${renamed === undefined ? '' : `, with: ${renamed}`} }`
      })
      return `#   ${tableKey(relation)}: [${items.join(', ')}]`
    }),
    ...(more > 0 ? [`# And ${more} more.`] : []),
  ]
}

function noteSection(notes: readonly string[]): string[] {
  if (notes.length === 0) return []
  const more = notes.length - MOST_LISTED
  return [
    '',
    '# Nothing is proposed for:',
    ...notes.slice(0, MOST_LISTED).map((note) => `# - ${commentText(note)}`),
    ...(more > 0 ? [`# And ${more} more.`] : []),
  ]
}

/** The nearest name that a ruleset may have. */
export function toRulesetName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/_$/, '')
  return plain === '' ? 'app' : plain
}
