import test from 'ava'
import fc from 'fast-check'
import { renderKey } from '../../src/key/render.ts'
import { parseTemplate } from '../../src/key/template.ts'
import { changedKeys } from '../../src/plan/changed-keys.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { Target } from '../../src/wire/change.ts'
import { decodeMessage } from '../../src/wire/decode.ts'
import { createDatabase } from '../helpers/database.ts'
import { listenTo, migrationSql } from '../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'
import type { ConditionNode } from '../../src/sql/condition.ts'

const COLUMNS = ['a', 'b', 'c', 'n'] as const
const OPERATIONS = ['insert', 'update', 'delete', 'truncate'] as const

const CACHES = [
  cacheRule('one', 'one:{x}', {}),
  cacheRule('two', 'two:{x}:{y}', {}),
  cacheRule('num', 'num:{i}', { i: 'int' }),
]

type When = { readonly sql: string; readonly reads: readonly string[]; readonly tree: ConditionNode }

const value = (text: string | number | null) => ({ kind: 'value', value: text }) as const
const column = (name: string) => ({ kind: 'column', name }) as const
const CONDITIONS: readonly When[] = [
  {
    sql: `c = 'p'`,
    reads: ['c'],
    tree: { kind: 'compare', operator: '=', left: column('c'), right: value('p') },
  },
  {
    sql: `n > 1`,
    reads: ['n'],
    tree: { kind: 'compare', operator: '>', left: column('n'), right: value(1) },
  },
  { sql: `c IS NOT NULL`, reads: ['c'], tree: { kind: 'null', column: 'c', negated: true } },
  {
    sql: `NOT (c IN ('p', NULL) AND n <> 2)`,
    reads: ['c', 'n'],
    tree: {
      kind: 'not',
      part: {
        kind: 'and',
        parts: [
          { kind: 'in', term: column('c'), list: [value('p'), value(null)], negated: false },
          { kind: 'compare', operator: '<>', left: column('n'), right: value(2) },
        ],
      },
    },
  },
]

const source = fc.constantFrom('a', 'b', '=k', '=p:q')
const params = fc.oneof(
  fc.record({ cache: fc.constant('one'), params: fc.record({ x: source }, { requiredKeys: [] }) }),
  fc.record({ cache: fc.constant('two'), params: fc.record({ x: source, y: source }, { requiredKeys: [] }) }),
  fc.record({ cache: fc.constant('num'), params: fc.constant({ i: 'n' }) }),
  fc.record({
    cache: fc.constant('two'),
    params: fc.record({ x: source, y: fc.constant('o.v') }, { requiredKeys: ['y'] }),
    via: fc.constantFrom(['o ON o.a = items.c'], ['o ON o.n = items.n AND o.a = items.a']),
  }),
)
const rule = fc
  .record({
    target: params,
    on: fc.subarray([...OPERATIONS], { minLength: 1 }),
    columns: fc.option(fc.subarray([...COLUMNS]), { nil: undefined }),
    when: fc.option(fc.constantFrom(...CONDITIONS), { nil: undefined }),
  })
  .map(({ target, on, columns, when }) =>
    tableRule({
      table: 'items',
      cache: target.cache,
      params: target.params as Record<string, string>,
      ...('via' in target ? { via: target.via } : {}),
      on,
      ...(columns === undefined ? {} : { columns }),
      ...(when === undefined ? {} : { when: when.sql, reads: when.reads, tree: when.tree }),
    }),
  )

const text = fc.constantFrom(null, 'p', 'q', 'é:%*"\\')
const row = fc.record({ a: text, b: text, c: text, n: fc.constantFrom(null, 1, 2, 3) })
const change = fc.oneof(
  fc.record({ op: fc.constant('insert' as const), new: row }),
  fc.record({ op: fc.constant('update' as const), old: row, new: row }),
  fc.record({ op: fc.constant('delete' as const), old: row }),
  fc.record({ op: fc.constant('truncate' as const) }),
)

/** `two ["p","1"]` for each link of a message. */
function readLinks(payload: string): readonly string[] {
  const { d: targets } = JSON.parse(payload) as { d: [string, { n?: number }, string[]][] }
  return targets.flatMap(([cache, { n: width }, values]) =>
    width === undefined
      ? []
      : Array.from({ length: values.length / width }, (_, at) =>
          JSON.stringify([cache, values.slice(at * width, (at + 1) * width)]),
        ),
  )
}

function renderTarget(plan: Plan, target: Target): readonly string[] {
  const parsed = parseTemplate(plan.caches.find(({ name }) => name === target.cache)?.key ?? '')
  if (!parsed.ok) return []
  if (target.kind === 'links') return []
  if (target.kind === 'all') return [renderKey(parsed.template, {})]
  const { params, values } = target
  return Array.from({ length: values.length / params.length }, (_, at) =>
    renderKey(
      parsed.template,
      Object.fromEntries(params.map((param, index) => [param, values[at * params.length + index] ?? ''])),
    ),
  )
}

test('changedKeys says what the triggers send', async (t) => {
  const database = await createDatabase(t, {
    sql: 'CREATE TABLE items (a text, b text, c text, n int); CREATE TABLE o (a text, n int, v text)',
  })
  const writer = await database.connect()
  const received = await listenTo(database, 'stalemate_app')
  const write = async (text: string, values: readonly unknown[] = []) => await writer.query(text, [...values])
  const insert = (values: Record<string, unknown>) =>
    write(
      'INSERT INTO items VALUES ($1, $2, $3, $4)',
      COLUMNS.map((name) => values[name]),
    )
  await fc.assert(
    fc.asyncProperty(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.array(change, { minLength: 4, maxLength: 12 }),
      async (rules, changes) => {
        const plan = makePlan(CACHES, rules)
        await writer.query(migrationSql(plan).up)
        try {
          for (const step of changes) {
            await write('DELETE FROM items')
            if ('old' in step) await insert(step.old)
            await received()
            if (step.op === 'insert') await insert(step.new)
            else if (step.op === 'delete') await write('DELETE FROM items')
            else if (step.op === 'truncate') await write('TRUNCATE items')
            else
              await write(
                'UPDATE items SET a = $1, b = $2, c = $3, n = $4',
                COLUMNS.map((name) => step.new[name]),
              )
            const payloads = await received()
            const messages = payloads.map(decodeMessage)
            const targets = messages.flatMap((message) => (message.kind === 'change' ? message.targets : []))
            const expected = changedKeys(plan, { table: 'items', ...step })
            const sent = new Set(targets.flatMap((target) => renderTarget(plan, target)))
            t.deepEqual([...sent].sort(), expected.keys)
            const links = expected.links.map(({ cache, values }) => JSON.stringify([cache, values]))
            t.deepEqual([...new Set(payloads.flatMap(readLinks))].sort(), [...new Set(links)].sort())
            const broad = targets.flatMap((target) => (target.kind === 'all' ? [target.cache] : []))
            t.deepEqual([...new Set(broad)].sort(), expected.broad)
          }
        } finally {
          await writer.query(migrationSql(plan).down)
        }
      },
    ),
    { numRuns: 60 },
  )
})
