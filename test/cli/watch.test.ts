import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { FEEDS, type FeedName } from '../../src/manifest/manifest.ts'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'
import { startWatching } from '../helpers/watching.ts'

const RULES = (feed: FeedName): string => `
version: 1
name: shop
feed: ${feed}
caches:
  basket: { key: "basket:{user_id}", params: { user_id: text } }
  shelf: { key: "shelf:{item}", params: { item: text } }
  history: { key: "history:{user_id}", params: { user_id: text } }
tables:
  items:
    - invalidate: basket
    - invalidate: shelf
  visits:
    - invalidate: history
`
const TABLES = 'CREATE TABLE items (user_id text, item text); CREATE TABLE visits (user_id text)'

async function prepare(t: ExecutionContext, feed: FeedName) {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), RULES(feed))
  const database = await createDatabase(t, { sql: TABLES })
  const env = { DATABASE_URL: database.connectionString }
  for (const command of ['compile', 'apply']) {
    const { code, stderr } = await runCommand([command], { cwd, env })
    t.is(code, 0, stderr)
  }
  return { database, cwd, env }
}

for (const feed of FEEDS) {
  test(`${feed}: changes are printed with keys, rules and lag, and Ctrl-C ends with a summary`, async (t) => {
    const { database, ...place } = await prepare(t, feed)
    const { lines, until, stop } = startWatching(t, ['--json'], place)
    await until(/"live"/)
    await database.query(`INSERT INTO items VALUES ('ada', 'pen'), ('bob', 'pen')`)
    const basket = JSON.parse(await until(/"cache":"basket"/)) as Record<string, unknown>
    t.like(basket, {
      kind: 'change',
      table: 'items',
      operation: 'insert',
      cache: 'basket',
      keys: ['basket:ada', 'basket:bob'],
      rules: ['rules/shop.yaml:11'],
    })
    t.like(JSON.parse(await until(/"cache":"shelf"/)), { keys: ['shelf:pen'], rules: ['rules/shop.yaml:12'] })
    await database.query('TRUNCATE visits')
    t.like(JSON.parse(await until(/"cache":"history"/)), { keys: ['history:*'], reason: 'truncate' })
    t.is(await stop(), 0)
    const summary = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>
    t.like(summary, { kind: 'summary', changes: 2, keys: 4, gaps: 0 })
    t.true(lines.every((line) => JSON.parse(line) !== undefined))
    await database.query(`DO $$ BEGIN
      FOR attempt IN 1..500 LOOP
        PERFORM pg_stat_clear_snapshot();
        PERFORM FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stalemate feed';
        IF NOT FOUND THEN RETURN; END IF;
        PERFORM pg_sleep(0.01);
      END LOOP;
      RAISE 'a session is left';
    END $$`)
  })
}

test('only what was asked for is told, as lines for people, with the lag that was measured', async (t) => {
  const { database, ...place } = await prepare(t, 'notify')
  const { lines, until, stop } = startWatching(t, ['--cache', 'basket', '--table', 'items'], place)
  await until(/ {2}live$/)
  let turn = 0
  while (!lines.some((line) => line.includes('lag'))) {
    await database.query(`INSERT INTO items VALUES ('ada', 'pen')`)
    await database.query(`INSERT INTO visits VALUES ('ada')`)
    turn += 1
    t.true(turn < 5_000, 'the lag is measured')
  }
  t.regex(
    lines.find((line) => line.includes('lag')) ?? '',
    /^\d\d:\d\d:\d\d\.\d{3} {2}insert of items {2}basket:ada {2}rules\/shop\.yaml:11 {2}lag [\d.]+ m?s$/,
  )
  t.is(await stop(), 0)
  t.false(lines.some((line) => /shelf|history|visits/.test(line)))
  t.regex(lines.at(-1) ?? '', /^\d+ changes? with \d+ keys? in .+; 0 gaps; lag .+ at most$/)
})

test('a lost connection is told, and what comes afterwards', async (t) => {
  const { database, ...place } = await prepare(t, 'notify')
  const { until, stop } = startWatching(t, [], place)
  await until(/ {2}live$/)
  await database.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'stalemate feed'`)
  await until(/ {2}down {2}/)
  await until(/gap: disconnect$/)
  t.is(await stop(), 0)
})

test('names that the rules do not have are wrong use, and a database that is away is told', async (t) => {
  const { cwd, env } = await prepare(t, 'notify')
  const unknown = await runCommand(['watch', '--cache', 'baskets'], { cwd, env })
  t.is(unknown.code, 2)
  t.regex(unknown.stderr, /no cache "baskets"[^]*There is: basket, history, shelf/)
  t.is((await runCommand(['watch', '--table', 'x'], { cwd, env })).code, 2)
  t.is((await runCommand(['watch'], { cwd })).code, 2)
  const away = await runCommand(['watch', '--url', 'postgres://x@127.0.0.1:1/x'], { cwd })
  t.is(away.code, 1)
  t.regex(away.stderr, /cannot be reached: connection refused/)
})
