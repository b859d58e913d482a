import test from 'ava'
import fc from 'fast-check'
import { renderKey } from '../../../src/key/render.ts'
import { parseTemplate } from '../../../src/key/template.ts'
import { changedKeys, type RowChange } from '../../../src/plan/changed-keys.ts'
import type { Plan } from '../../../src/plan/plan.ts'
import type { ConditionNode } from '../../../src/sql/condition.ts'
import type { Target } from '../../../src/wire/change.ts'
import { decodeMessage } from '../../../src/wire/decode.ts'
import { createDatabase } from '../../helpers/database.ts'
import { listenTo, migrationSql } from '../../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../../helpers/plans.ts'

const via = ['o ON o.a = items.c']

/** Two or three caches by each kind of key. */
const KINDS = [
  { cache: cacheRule('one', 'one:{x}', {}), params: { x: 'a' } },
  { cache: cacheRule('uno', 'uno:{z}', {}), params: { z: 'a' } },
  { cache: cacheRule('eins', 'eins:{x}', {}), params: { x: 'a' } },
  { cache: cacheRule('num', 'num:{i}', { i: 'int' }), params: { i: 'n' } },
  { cache: cacheRule('nom', 'nom:{j}', { j: 'bigint' }), params: { j: 'n' } },
  { cache: cacheRule('two', 'two:{x}:{y}', {}), params: { x: 'a', y: 'b' } },
  { cache: cacheRule('duo', 'duo:{p}:{q}', {}), params: { p: 'a', q: 'b' } },
  { cache: cacheRule('half', 'half:{p}:{q}', {}), params: { p: 'a', q: '=k' } },
  { cache: cacheRule('demi', 'demi:{p}:{q}', {}), params: { p: 'a', q: '=k' } },
  { cache: cacheRule('link', 'link:{v}', {}), params: { v: 'o.v' }, via },
  { cache: cacheRule('lien', 'lien:{w}', {}), params: { w: 'o.v' }, via },
  { cache: cacheRule('all', 'all', {}), params: {} },
  { cache: cacheRule('tout', 'tout', {}), params: {} },
] as const

const column = (name: string): ConditionNode => ({ kind: 'null', column: name, negated: true })
const CONDITIONS = [
  undefined,
  undefined,
  { sql: 'c IS NOT NULL', reads: ['c'], tree: column('c') },
  { sql: 'n IS NOT NULL', reads: ['n'], tree: column('n') },
] as const

const watch = fc.record({
  columns: fc.constantFrom(undefined, ['b'], ['c'], ['b', 'c'], ['n'], []),
  when: fc.constantFrom(...CONDITIONS),
})

/** Caches with their watches; few of them let more than three keys through. */
const rules = fc
  .uniqueArray(
    fc.record({
      kind: fc.integer({ min: 0, max: KINDS.length - 1 }),
      watches: fc.array(watch, { minLength: 1, maxLength: 2 }),
      maxKeys: fc.constantFrom(3, 3, 3, 1, 1000),
    }),
    { minLength: 2, maxLength: 7, selector: ({ kind }) => kind },
  )
  .map((chosen) =>
    chosen.flatMap(({ kind, watches, maxKeys }) => {
      const { cache, params, ...path } = KINDS[kind] ?? KINDS[0]
      return watches.map(({ columns, when }) =>
        tableRule({
          table: 'items',
          cache: cache.name,
          params,
          ...path,
          maxKeys,
          ...(columns !== undefined && { columns }),
          ...(when !== undefined && { when: when.sql, reads: when.reads, tree: when.tree }),
        }),
      )
    }),
  )

const text = fc.constantFrom(null, 'p', 'q', 'r', 'é:%*"\\?')
const row = fc.record({ a: text, b: text, c: text, n: fc.constantFrom(null, 1, 2, 3, 4) })
const pairs = fc.oneof(
  fc.record({ old: row, new: row }),
  row.map((values) => ({ old: values, new: values })),
  fc.record({ old: row, n: fc.constantFrom(5, 6) }).map(({ old, n }) => ({ old, new: { ...old, n } })),
)
/** One row, a few, or so many that samples are taken of them. */
const statement = fc.oneof(
  fc.array(pairs, { minLength: 1, maxLength: 1 }),
  fc.array(pairs, { minLength: 2, maxLength: 5 }),
  fc.array(pairs, { minLength: 20, maxLength: 30 }),
  fc
    .record({ first: pairs, last: pairs })
    .map(({ first, last }) => Array.from({ length: 25 }, (_, at) => (at < 24 ? first : last))),
)

/** What a statement is to say: keys and links, or the cache alone where there are too many of either. */
function expected(plan: Plan, changes: readonly RowChange[]): readonly string[] {
  const told = new Map<string, Set<string>>()
  const whole = new Set<string>()
  for (const change of changes) {
    const { keys, links, broad } = changedKeys(plan, change)
    for (const cache of broad) whole.add(cache)
    for (const line of [...keys, ...links.map(({ cache, values }) => `${cache}:@${values.join()}`)]) {
      const [cache = ''] = line.split(':')
      told.set(cache, (told.get(cache) ?? new Set()).add(line))
    }
  }
  const watches = plan.tables.flatMap((table) => (table.table.name === 'items' ? table.watches : []))
  const lines: string[] = []
  for (const [cache, own] of told) {
    const maxKeys = watches.find((each) => each.cache === cache)?.maxKeys ?? 0
    if (whole.has(cache) || own.size > maxKeys) lines.push(`${cache}!`)
    else lines.push(...own)
  }
  return lines.sort()
}

/** The same of what was sent, with what is told twice. */
function sent(plan: Plan, payloads: readonly string[]): readonly string[] {
  return payloads
    .flatMap((payload) => {
      const message = decodeMessage(payload)
      return message.kind === 'change' ? message.targets.flatMap((target) => renderTarget(plan, target)) : []
    })
    .sort()
}

function renderTarget(plan: Plan, target: Target): readonly string[] {
  const { cache } = target
  if (target.kind === 'all') return [`${cache}!`]
  // A link is one value here.
  if (target.kind === 'links') return target.values.map((value) => `${cache}:@${value}`)
  const parsed = parseTemplate(plan.caches.find(({ name }) => name === cache)?.key ?? '')
  const { params, values } = target
  return Array.from({ length: values.length / params.length }, (_, at) => {
    const bound = params.map((param, index) => [param, values[at * params.length + index] ?? ''] as const)
    return parsed.ok ? renderKey(parsed.template, Object.fromEntries(bound)) : ''
  })
}

test('merged caches are told what changedKeys says of each row', async (t) => {
  const database = await createDatabase(t, {
    sql: 'CREATE TABLE items (id int, a text, b text, c text, n int); CREATE TABLE o (a text, v text)',
  })
  const writer = await database.connect()
  const received = await listenTo(database, 'stalemate_app')
  const columns = 'a text, b text, c text, n int'
  await fc.assert(
    fc.asyncProperty(rules, fc.array(statement, { minLength: 2, maxLength: 6 }), async (made, statements) => {
      const plan = makePlan(
        KINDS.map(({ cache }) => cache),
        made,
      )
      await writer.query(migrationSql(plan).up)
      const check = async (sql: string, values: readonly unknown[], changes: readonly RowChange[]) => {
        await writer.query(sql, [...values])
        t.deepEqual(sent(plan, await received()), expected(plan, changes))
      }
      try {
        for (const rows of statements) {
          const numbered = rows.map((pair, id) => ({ id, ...pair }))
          await check(
            `INSERT INTO items SELECT id, a, b, c, n
               FROM json_to_recordset($1) AS r(id int, old json), json_to_record(old) AS v(${columns})`,
            [JSON.stringify(numbered)],
            rows.map((pair) => ({ table: 'items', op: 'insert', new: pair.old })),
          )
          await check(
            `UPDATE items SET a = v.a, b = v.b, c = v.c, n = v.n
               FROM json_to_recordset($1) AS r(id int, new json), json_to_record(new) AS v(${columns})
               WHERE r.id = items.id`,
            [JSON.stringify(numbered)],
            rows.map((pair) => ({ table: 'items', op: 'update', ...pair })),
          )
          await check(
            'DELETE FROM items',
            [],
            rows.map((pair) => ({ table: 'items', op: 'delete', old: pair.new })),
          )
        }
      } finally {
        await writer.query('TRUNCATE items')
        await writer.query(migrationSql(plan).down)
        await received()
      }
    }),
    { numRuns: 60, includeErrorInReport: true },
  )
})
