import test from 'ava'
import { install, migrationSql } from '../../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../../helpers/plans.ts'

/** The rules say that a column is a UUID, and without a catalog nobody knows better; it is a text. */
const plan = makePlan(
  [cacheRule('board', 'board:{user_id}', { user_id: 'uuid' })],
  [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: [] })],
)
const TABLE = 'CREATE TABLE calls (user_id text)'
const ID = '0b0f7f7e-3d1e-4c2b-9c49-5a5c35a5f6a1'
const FORGED = `x"]],["other","unbound"],["board",["user_id"],["y`

test('a column that is no UUID although its param is one cannot write into a message', async (t) => {
  const { sentBy } = await install(t, plan, TABLE)
  for (const value of [FORGED, 'x', '"']) {
    t.deepEqual(await sentBy(`INSERT INTO calls VALUES ('${value}')`), ['insert board! error'])
    t.deepEqual(await sentBy(`UPDATE calls SET user_id = user_id || 'x'`), ['update board! error'])
    t.deepEqual(await sentBy(`INSERT INTO calls SELECT '${value}' FROM generate_series(1, 3)`), ['insert board! error']) // prettier-ignore
    t.deepEqual(await sentBy('DELETE FROM calls'), ['delete board! error'])
  }
  t.deepEqual(await sentBy(`INSERT INTO calls VALUES ('${ID.toUpperCase()}')`), [
    `insert board user_id=${ID}`,
  ])
})

test('without its type, a text could write into a message', async (t) => {
  const { up, down } = migrationSql(plan)
  t.true(up.includes('::uuid::text'))
  const { database, sentBy } = await install(t, plan, TABLE)
  await database.query(down)
  await database.query(up.replaceAll('::uuid', '::text'))
  t.true((await sentBy(`INSERT INTO calls VALUES ('${FORGED}')`)).includes('insert other! unbound'))
})
