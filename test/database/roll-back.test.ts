import test from 'ava'
import { applyMigrations } from '../../src/database/apply.ts'
import type { Migration } from '../../src/database/migration.ts'
import { rollBack, type RollBackOptions } from '../../src/database/roll-back.ts'
import { StalemateError } from '../../src/errors.ts'
import { checksumOf } from '../../src/plan/checksum.ts'
import { createDatabase } from '../helpers/database.ts'
import { migrationSql } from '../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'
import type { Test } from '../helpers/test.ts'

const plan = makePlan(
  [cacheRule('board', 'board:{user_id}', {})],
  [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' } })],
)

function migration(number: number, up: string, down: string): Migration {
  return { number, name: `m${number}`, up, down, checksum: checksumOf(up) }
}

const first = migrationSql(plan)
const one = migration(1, first.up, first.down)
const two = migration(2, 'CREATE TABLE two ()', 'DROP TABLE two')
const three = migration(3, 'ALTER TABLE two ADD c int', 'ALTER TABLE two DROP c')
const all = [one, two, three]

async function prepare(t: Test) {
  const database = await createDatabase(t, { sql: 'CREATE TABLE calls (user_id text)' })
  const connection = { connectionString: database.connectionString }
  const apply = (migrations: readonly Migration[]) =>
    applyMigrations({ connection, ruleset: 'app', migrations })
  const down = (options: Partial<RollBackOptions> = {}) =>
    rollBack({ connection, ruleset: 'app', migrations: all, ...options })
  const numbers = async (): Promise<readonly unknown[]> => {
    const { rows } = await database.query('SELECT number FROM stalemate.migrations ORDER BY 1')
    return rows.map(({ number }) => number as unknown)
  }
  return { database, apply, down, numbers }
}

test('the migrations that were applied last are taken back, the newest first, with their records', async (t) => {
  const { database, apply, down, numbers } = await prepare(t)
  await apply(all)
  t.deepEqual(await down(), { rolledBack: [three] })
  t.deepEqual(await numbers(), [1, 2])
  t.deepEqual(await down({ count: 9 }), { rolledBack: [two, one] })
  t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
  t.deepEqual(await down(), { rolledBack: [] })
  t.is((await apply(all)).applied.length, 3)
})

test('a dry run of down says what would be taken back and touches nothing', async (t) => {
  const { apply, down, numbers } = await prepare(t)
  await apply(all)
  t.deepEqual(await down({ count: 2, dryRun: true }), { rolledBack: [three, two] })
  t.deepEqual(await numbers(), [1, 2, 3])
})

test('down refuses a migration whose file is gone or another one', async (t) => {
  const { apply, down, numbers } = await prepare(t)
  await apply(all)
  const gone = await t.throwsAsync(down({ migrations: [one, two] }), { instanceOf: StalemateError })
  t.is(gone.code, 'migration-order')
  const changed = { ...three, checksum: checksumOf('other') }
  const other = await t.throwsAsync(down({ migrations: [one, two, changed] }), { instanceOf: StalemateError })
  t.is(other.code, 'migration-changed')
  t.deepEqual(await numbers(), [1, 2, 3])
})

test('a way down that fails leaves that migration, and nothing of it', async (t) => {
  const { database, apply, down, numbers } = await prepare(t)
  const bad = migration(3, three.up, `${three.down}; SELECT nonsense`)
  await apply([one, two, bad])
  const error = await t.throwsAsync(down({ migrations: [one, two, bad], count: 2 }), {
    instanceOf: StalemateError,
  })
  t.is(error.code, 'migration-failed')
  t.deepEqual(await numbers(), [1, 2, 3])
  t.is((await database.query('SELECT c FROM two')).rowCount, 0)
})

test('two that take back at once take each migration back once', async (t) => {
  const { apply, down, numbers } = await prepare(t)
  await apply(all)
  const results = await Promise.allSettled([down(), down(), down()])
  const done = results.flatMap((result) => (result.status === 'fulfilled' ? result.value.rolledBack : []))
  t.is(new Set(done).size, done.length)
  t.deepEqual(await numbers(), [1, 2, 3].slice(0, 3 - done.length))
})

test('apply refuses a migration that comes before one that is applied', async (t) => {
  const { apply, numbers } = await prepare(t)
  const late = migration(3, 'SELECT 1', '')
  await apply([one, late])
  const error = await t.throwsAsync(apply([one, two, late]), {
    instanceOf: StalemateError,
  })
  t.is(error.code, 'migration-order')
  t.regex(error.message, /0002_m2 .* 0003_m3/)
  t.truthy(error.hint)
  t.deepEqual(await numbers(), [1, 3])
})

test('triggers without records are not taken for a database without migrations', async (t) => {
  const { database, apply, down } = await prepare(t)
  await apply([one])
  await database.query('DELETE FROM stalemate.migrations')
  await t.throwsAsync(down(), { code: 'migration-unrecorded' })
  await t.throwsAsync(down({ dryRun: true }), { code: 'migration-unrecorded' })
  await database.query(one.down)
  t.deepEqual(await down(), { rolledBack: [] })
})
