import test from 'ava'
import fc from 'fast-check'
import type { Client } from 'pg'
import { buildManifest } from '../../src/emit/manifest.ts'
import type { Hop, ParamSource, TableRule } from '../../src/rules/ruleset.ts'
import { joinSql, identifier, integer, sql, type Fragment } from '../../src/sql/fragment.ts'
import { createDatabase } from '../helpers/database.ts'
import { listenTo, migrationSql } from '../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'
import { resolvePayloads, type Wrong } from '../helpers/resolve-links.ts'

const TABLES = ['t1', 't2', 't3'] as const
const COLUMNS = ['a', 'b', 'c'] as const
const PARAMS = ['x', 'y', 'z'] as const
const SCHEMA = TABLES.map((table) => `CREATE TABLE ${table} (id serial, a int, b int, c int);`).join('\n')

const column = fc.constantFrom(...COLUMNS)
const value = fc.constantFrom(0, 1, 0, 1, 0, 1, 2, null)

/** Hops 0 to n - 1, each joined to the changed row or to hops before it. */
const hops = fc.integer({ min: 1, max: 3 }).chain((count) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, index) =>
      fc.record({
        table: fc.constantFrom(...TABLES).map((name) => ({ schema: 'public', name })),
        alias: fc.constant(`h${index}`),
        on: fc.array(
          fc.record({ column, from: fc.record({ hop: fc.integer({ min: -1, max: index - 1 }), column }) }),
          { minLength: 1, maxLength: 2, size: 'small' },
        ),
      }),
    ),
  ),
)

const rule = hops.chain((path: readonly Hop[]) =>
  fc.record({
    table: fc.constantFrom(...TABLES),
    path: fc.constant(path),
    params: fc.tuple(
      ...PARAMS.map((param): fc.Arbitrary<ParamSource | undefined> =>
        fc.oneof(
          fc.record({ kind: fc.constant('column' as const), param: fc.constant(param), column }),
          {
            weight: 3,
            arbitrary: fc.record({
              kind: fc.constant('hop' as const),
              param: fc.constant(param),
              hop: fc.integer({ min: 0, max: path.length - 1 }),
              column,
            }),
          },
          fc.record({
            kind: fc.constant('text' as const),
            param: fc.constant(param),
            text: fc.constant('1'),
          }),
          fc.constant(undefined),
        ),
      ),
    ),
  }),
)

const row = fc.tuple(value, value, value)
const statement = fc.oneof(
  fc.record({ op: fc.constant('insert' as const), table: fc.constantFrom(...TABLES), row }),
  fc.record({ op: fc.constant('delete' as const), table: fc.constantFrom(...TABLES), a: value, b: value }),
  fc.record({
    op: fc.constant('update' as const),
    table: fc.constantFrom(...TABLES),
    set: column,
    to: value,
    where: column,
    is: value,
  }),
)
const transaction = fc.array(statement, { minLength: 1, maxLength: 3 })

type Statement = typeof statement extends fc.Arbitrary<infer S> ? S : never

async function run(client: Client, step: Statement) {
  switch (step.op) {
    case 'insert':
      return await client.query(`INSERT INTO ${step.table} (a, b, c) VALUES ($1, $2, $3)`, [...step.row])
    case 'delete':
      return await client.query(
        `DELETE FROM ${step.table} WHERE a IS NOT DISTINCT FROM $1 AND b IS NOT DISTINCT FROM $2`,
        [step.a, step.b],
      )
    case 'update':
      return await client.query(
        `UPDATE ${step.table} SET ${step.set} = $1 WHERE ${step.where} IS NOT DISTINCT FROM $2`,
        [step.to, step.is],
      )
  }
}

/** Every combination of rows that the rule joins: the params it binds, and all that a value could be made of. */
function joinedSql(rule: TableRule): Fragment {
  const path = rule.path?.hops ?? []
  const alias = (hop: number): Fragment => (hop < 0 ? sql`r` : identifier(path[hop]?.alias ?? ''))
  const read = path.flatMap(({ on }, hop) => [
    ...on.map((part) => ({ hop, column: part.column })),
    ...on.map((part) => part.from).filter((from) => from.hop >= 0),
  ])
  const shown = rule.params.flatMap((source) =>
    source.kind === 'hop' ? [{ hop: source.hop, column: source.column }] : [],
  )
  const values = rule.params.map((source) =>
    source.kind === 'text'
      ? sql`'1'`
      : sql`${alias(source.kind === 'hop' ? source.hop : -1)}.${identifier(source.column)}::text`,
  )
  const all = [sql`r.*`, ...[...read, ...shown].map((at) => sql`${alias(at.hop)}.${identifier(at.column)}`)]
  return sql`
    SELECT ARRAY[${joinSql(values, ', ')}]::text[] AS key, ROW(${joinSql(all, ', ')})::text AS made_of
    FROM ${identifier(rule.table.name)} AS r
    ${joinSql(
      path.map(
        ({ table, on }, hop) =>
          sql`JOIN ${identifier(table.name)} AS ${alias(hop)} ON ${joinSql(
            on.map(
              (part) =>
                sql`${alias(hop)}.${identifier(part.column)} = ${alias(part.from.hop)}.${identifier(part.from.column)}`,
            ),
            ' AND ',
          )}`,
      ),
      '\n',
    )}
    ORDER BY 1, 2 LIMIT ${integer(100_000)}
  `
}

/** What each key is made of, by the key's params. */
async function readEntries(client: Client, rule: TableRule): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ key: (string | null)[]; made_of: string }>(joinedSql(rule).toString())
  const entries = new Map<string, string>()
  for (const { key, made_of } of rows) {
    if (key.includes(null)) continue
    const id = JSON.stringify(key)
    entries.set(id, `${entries.get(id) ?? ''}\n${made_of}`)
  }
  return entries
}

function covers({ params }: Wrong, rule: TableRule, key: string): boolean {
  const values = JSON.parse(key) as readonly string[]
  return rule.params.every(
    ({ param }, index) => params[param] === undefined || params[param] === values[index],
  )
}

test('whatever is joined otherwise after a transaction, its keys are told', async (t) => {
  const database = await createDatabase(t, { sql: SCHEMA })
  const writer = await database.connect()
  const received = await listenTo(database, 'stalemate_app')
  let changed = 0
  let exact = 0
  await fc.assert(
    fc.asyncProperty(
      rule,
      fc.array(fc.tuple(fc.constantFrom(...TABLES), row), { minLength: 12, maxLength: 20 }),
      fc.array(transaction, { minLength: 4, maxLength: 8 }),
      async ({ table, path, params }, data, transactions) => {
        const made: TableRule = {
          ...tableRule({ table, cache: 'it', params: {} }),
          params: params.filter((source) => source !== undefined),
          path: { hops: path },
        }
        const types = Object.fromEntries(PARAMS.map((param) => [param, 'int' as const]))
        const plan = makePlan([cacheRule('it', 'it:{x}:{y}:{z}', types)], [made])
        const manifest = buildManifest(plan)
        await writer.query(`TRUNCATE ${TABLES.join(', ')}`)
        for (const [name, values] of data) await run(writer, { op: 'insert', table: name, row: values })
        await writer.query(migrationSql(plan).up)
        try {
          for (const steps of transactions) {
            const before = await readEntries(writer, made)
            await writer.query('BEGIN')
            for (const step of steps) await run(writer, step)
            await writer.query('COMMIT')
            const after = await readEntries(writer, made)
            const wrong = await resolvePayloads(writer, manifest, await received())
            for (const key of new Set([...before.keys(), ...after.keys()])) {
              if (before.get(key) === after.get(key)) continue
              changed += 1
              if (wrong.every(({ params }) => Object.keys(params).length > 0)) exact += 1
              t.true(
                wrong.some((one) => covers(one, made, key)),
                `${key} is stale: ${JSON.stringify({ steps, wrong })}`,
              )
            }
          }
        } finally {
          await writer.query(migrationSql(plan).down)
        }
      },
    ),
    { numRuns: 60 },
  )
  // The property is not empty: keys did change, and not only by invalidating everything.
  t.true(changed > 40)
  t.true(exact > 10)
})
