import test, { type ExecutionContext } from 'ava'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FEEDS, type FeedName } from '../../src/manifest/manifest.ts'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'

const RULES = (feed: FeedName): string => `version: 1
name: shop
feed: ${feed}
caches:
  basket: { key: "basket:{user_id}", params: { user_id: text } }
  report: { key: "report:{user_id}:{month}", params: { user_id: text, month: text } }
tables:
  items:
    - invalidate: basket
      columns: [amount]
  orders:
    - invalidate: report:{user_id}:*
      via: items ON items.id = orders.item_id
      with: { user_id: items.user_id }
`
const TABLES = `
CREATE TABLE items (id int PRIMARY KEY, user_id text, amount int, note text);
CREATE TABLE orders (id serial, item_id int REFERENCES items ON DELETE CASCADE);
INSERT INTO items VALUES (1, 'a', 1, ''), (2, 'b', 2, '');
INSERT INTO orders (item_id) VALUES (1), (2);`

async function prepare(t: ExecutionContext, feed: FeedName) {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), RULES(feed))
  const compiled = await runCommand(['compile'], { cwd })
  t.is(compiled.code, 0, compiled.stderr)
  const database = await createDatabase(t, { sql: TABLES })
  const env = { DATABASE_URL: database.connectionString }
  const run = async (...argv: string[]) => await runCommand(argv, { cwd, env })
  t.is((await run('apply')).code, 0)
  return { database, run }
}

const ALL = `SELECT (SELECT json_agg(i) FROM items i) AS items, (SELECT json_agg(o) FROM orders o) AS orders,
  (SELECT json_agg(json_build_array(proname, xmin::text)) FROM pg_proc WHERE pronamespace = 'stalemate'::regnamespace) AS functions,
  (SELECT count(*)::int FROM pg_class) AS relations`

for (const feed of FEEDS) {
  test(`${feed}: a statement is simulated: its keys by rule, links resolved, what it costs, and nothing is left`, async (t) => {
    const { database, run } = await prepare(t, feed)
    const before = (await database.query(ALL)).rows
    const listener = await database.connect()
    const heard: unknown[] = []
    listener.on('notification', ({ payload }) => heard.push(payload))
    await listener.query('LISTEN stalemate_shop')
    const outbox = feed === 'outbox' ? 'SELECT count(*)::int AS n FROM stalemate.outbox_0' : 'SELECT 0 AS n'
    const messages = (await database.query(outbox)).rows
    const update = await run('simulate', `UPDATE items SET amount = 9 WHERE id = 1;`, '--json')
    t.is(update.code, 0, update.stderr)
    const told = JSON.parse(update.stdout) as {
      wrong: { keys: string[] }[]
      costs: { trigger: string; ms: number; calls: number }[]
      total: number
    }
    t.deepEqual(told.wrong as unknown[], [
      {
        rules: ['rules/shop.yaml:9'],
        table: 'items',
        operation: 'update',
        cache: 'basket',
        keys: ['basket:a'],
      },
    ])
    t.is(told.costs[0]?.trigger, 'stalemate_shop_update')
    t.true(told.costs[0]!.ms > 0 && told.total >= told.costs[0]!.ms)
    const insert = await run('simulate', `INSERT INTO orders (id, item_id) VALUES (9, 2)`)
    t.is(insert.code, 0, insert.stderr)
    t.regex(
      insert.stdout,
      /^insert of orders {2}rules\/shop.yaml:12\n {2}report:b:\*\n\ntriggers {2}[\d.]+ ms of [\d.]+ ms\n/,
    )
    t.true(insert.stdout.endsWith('rolled back: nothing was changed, nothing was sent\n'))
    const cascade = await run('simulate', 'DELETE FROM items WHERE id = 2', '--json')
    const keys = (JSON.parse(cascade.stdout) as typeof told).wrong.flatMap((each) => each.keys)
    t.deepEqual([...new Set(keys)].sort(), ['basket:b', 'report:b:*'])
    const truncate = await run('simulate', 'TRUNCATE orders')
    t.true(truncate.stdout.startsWith('truncate of orders  rules/shop.yaml:12  (truncate)\n  report:*:*\n'))
    const nothing = await run('simulate', `UPDATE items SET note = 'x'`)
    t.true(nothing.stdout.startsWith('nothing would become wrong\n'))
    t.deepEqual((await database.query(ALL)).rows, before)
    t.deepEqual((await database.query(outbox)).rows, messages)
    await listener.query('SELECT')
    t.deepEqual(heard, [])
    t.is((await run('status')).code, 0)
  })
}

test('what a transaction cannot take back is not simulated', async (t) => {
  const { run } = await prepare(t, 'notify')
  for (const [statement, message] of [
    ['UPDATE items SET amount = 1; COMMIT', 'Expected one statement, got 2.'],
    ['COMMIT', 'Only INSERT, UPDATE, DELETE, MERGE, TRUNCATE and SELECT can be simulated.'],
    ['VACUUM items', 'Only INSERT, UPDATE, DELETE, MERGE, TRUNCATE and SELECT can be simulated.'],
    ['COPY items FROM STDIN', 'Only INSERT, UPDATE, DELETE, MERGE, TRUNCATE and SELECT can be simulated.'],
    ['DROP TABLE items', 'Only INSERT, UPDATE, DELETE, MERGE, TRUNCATE and SELECT can be simulated.'],
    ['UPDATE WHERE', 'The statement is no SQL: syntax error at or near "WHERE".'],
    ['', 'The statement is no SQL: Query cannot be empty.'],
  ] as const) {
    const { code, stderr } = await run('simulate', statement)
    t.is(code, 2, statement)
    t.true(stderr.startsWith(`error usage: ${message}\nhint: `), stderr)
  }
})

test('a statement that fails says why, and leaves nothing', async (t) => {
  const { database, run } = await prepare(t, 'notify')
  const failed = await run('simulate', 'INSERT INTO items (id) VALUES (1)')
  t.is(failed.code, 1)
  t.regex(
    failed.stderr,
    /^error simulation-failed: The statement failed, and nothing was changed: duplicate key/,
  )
  const writer = await database.connect()
  await writer.query('BEGIN; UPDATE items SET amount = 5 WHERE id = 1')
  const late = await run('simulate', 'UPDATE items SET amount = 6 WHERE id = 1', '--timeout', '100ms')
  t.is(late.code, 1)
  t.regex(late.stderr, /timeout/)
  await writer.query('COMMIT')
})
