import test from 'ava'
import { install, type Installation } from '../../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../../helpers/plans.ts'

const TABLES = `
  CREATE TABLE calls (id int PRIMARY KEY, user_id text, status text, note text, day date);
  CREATE TABLE logs (user_id text, status text, doc json, body xml, at point);
`

const plan = makePlan(
  [cacheRule('board', 'board:{user_id}', { user_id: 'text' })],
  [
    tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] }),
    tableRule({ table: 'logs', cache: 'board', params: { user_id: 'user_id' } }),
  ],
)

type Case = {
  readonly before?: string
  readonly run: string
  readonly sent: readonly string[]
}

const statement = test.macro({
  exec: async (t, { before, run, sent }: Case) => {
    const { writer, sentBy, payloadsOf } = await install(t, plan, TABLES)
    if (before !== undefined) {
      await writer.query(before)
      await payloadsOf('SELECT')
    }
    t.deepEqual(await sentBy(run), sent)
  },
  title: (title) => title ?? '',
})

const TWO = `INSERT INTO calls VALUES (1, 'a', 'new'), (2, 'b', 'old')`

test('an insert sends the key of its row', statement, {
  run: `INSERT INTO calls VALUES (1, 'a', 'new')`,
  sent: ['insert board user_id=a'],
})
test('an insert of several rows sends each key once', statement, {
  run: `INSERT INTO calls VALUES (1, 'a'), (2, 'b'), (3, 'a')`,
  sent: ['insert board user_id=a', 'insert board user_id=b'],
})
test('an insert of a query sends the keys of its rows', statement, {
  run: `INSERT INTO calls SELECT i, 'u' || i % 2 FROM generate_series(1, 5) AS i`,
  sent: ['insert board user_id=u0', 'insert board user_id=u1'],
})
test('a conflict that does nothing sends nothing', statement, {
  before: TWO,
  run: `INSERT INTO calls VALUES (1, 'z') ON CONFLICT DO NOTHING`,
  sent: [],
})
test('a conflict that updates sends inserts and updates apart', statement, {
  before: TWO,
  run: `INSERT INTO calls VALUES (1, 'a', 'x'), (3, 'c', 'x') ON CONFLICT (id) DO UPDATE SET status = excluded.status`,
  sent: ['insert board user_id=c', 'update board user_id=a'],
})
test('an update of a relevant column sends the key', statement, {
  before: TWO,
  run: `UPDATE calls SET status = 'done' WHERE id = 1`,
  sent: ['update board user_id=a'],
})
test('an update of other columns sends nothing', statement, {
  before: TWO,
  run: `UPDATE calls SET note = 'x'`,
  sent: [],
})
test('an update that writes the same values sends nothing', statement, {
  before: TWO,
  run: `UPDATE calls SET status = status, user_id = user_id`,
  sent: [],
})
test('an update of some rows sends nothing for rows that stay as they are', statement, {
  before: TWO,
  run: `UPDATE calls SET status = 'old'`,
  sent: ['update board user_id=a'],
})
test('a row that moves between keys makes both wrong', statement, {
  before: TWO,
  run: `UPDATE calls SET user_id = 'c' WHERE id = 1`,
  sent: ['update board user_id=a', 'update board user_id=c'],
})
test('two rows that swap their values make the keys of both wrong', statement, {
  before: TWO,
  run: `UPDATE calls SET (status, note) = (SELECT o.status, o.note FROM calls AS o WHERE o.id <> calls.id)`,
  sent: ['update board user_id=a', 'update board user_id=b'],
})
test('two rows of one user that swap their values make the key wrong', statement, {
  before: `INSERT INTO calls VALUES (1, 'a', 'new'), (2, 'a', 'old')`,
  run: `UPDATE calls SET status = CASE status WHEN 'new' THEN 'old' ELSE 'new' END`,
  sent: ['update board user_id=a'],
})
test('a changed primary key does not part a row from what it was', statement, {
  before: TWO,
  run: `UPDATE calls SET id = id + 10, status = CASE id WHEN 1 THEN 'x' ELSE status END`,
  sent: ['update board user_id=a'],
})
test(
  'a table without primary key and with types that know no equality is watched like any other',
  statement,
  {
    before: `INSERT INTO logs VALUES ('a', 'x', '{"k":1}', '<a/>', '(1,2)'), ('b', 'x', '{"k":1}', '<a/>', '(1,2)'), ('c', NULL, NULL, NULL, NULL)`,
    run: `UPDATE logs SET doc = CASE user_id WHEN 'a' THEN '{"k":2}' ELSE doc END, at = CASE user_id WHEN 'c' THEN point(3, 4) ELSE at END`,
    sent: ['update board user_id=a', 'update board user_id=c'],
  },
)
test('a delete sends the keys of its rows', statement, {
  before: TWO,
  run: `DELETE FROM calls`,
  sent: ['delete board user_id=a', 'delete board user_id=b'],
})
test('a truncate makes the whole cache wrong', statement, {
  before: TWO,
  run: `TRUNCATE calls`,
  sent: ['truncate board! truncate'],
})
test('statements that touch no row send nothing', statement, {
  before: TWO,
  run: `UPDATE calls SET status = 'x' WHERE false; DELETE FROM calls WHERE false; INSERT INTO calls SELECT * FROM calls WHERE false`,
  sent: [],
})
test('a NULL in a param makes no key', statement, {
  before: TWO,
  run: `INSERT INTO calls VALUES (3, NULL, 'x'); UPDATE calls SET user_id = NULL WHERE id = 1; DELETE FROM calls WHERE id IN (1, 3)`,
  sent: ['update board user_id=a'],
})
test('a writable CTE that updates a table twice sends the keys of both', statement, {
  before: TWO,
  run: `WITH first AS (UPDATE calls SET status = 'x' WHERE id = 1 RETURNING 1)
        UPDATE calls SET user_id = 'c' WHERE id = 2`,
  sent: ['update board user_id=a', 'update board user_id=b', 'update board user_id=c'],
})
test('a writable CTE that updates, inserts and deletes sends the keys of each', statement, {
  before: TWO,
  run: `WITH gone AS (DELETE FROM calls WHERE id = 1 RETURNING *), added AS (INSERT INTO calls VALUES (9, 'n') RETURNING *)
        UPDATE calls SET status = 'x' FROM gone, added WHERE calls.id = 2`,
  sent: ['delete board user_id=a', 'insert board user_id=n', 'update board user_id=b'],
})
test('MERGE sends the keys of what it inserts, updates and deletes', statement, {
  before: `${TWO}, (3, 'c', 'old')`,
  run: `MERGE INTO calls USING (VALUES (1, 'x'), (2, 'gone'), (4, 'y')) AS s(id, status) ON s.id = calls.id
        WHEN MATCHED AND s.status = 'gone' THEN DELETE
        WHEN MATCHED THEN UPDATE SET status = s.status
        WHEN NOT MATCHED THEN INSERT (id, user_id, status) VALUES (s.id, 'd', s.status)`,
  sent: ['delete board user_id=b', 'insert board user_id=d', 'update board user_id=a'],
})
test('a rollback sends nothing', statement, {
  before: TWO,
  run: `BEGIN; UPDATE calls SET status = 'x'; ROLLBACK`,
  sent: [],
})
test('a rollback to a savepoint sends nothing of what it undid', statement, {
  before: TWO,
  run: `BEGIN; UPDATE calls SET status = 'x' WHERE id = 1; SAVEPOINT s; UPDATE calls SET status = 'x' WHERE id = 2; ROLLBACK TO s; COMMIT`,
  sent: ['update board user_id=a'],
})

test('nothing is sent before the commit', async (t) => {
  const { writer, payloadsOf, sentBy }: Installation = await install(t, plan, TABLES)
  t.deepEqual(await payloadsOf(`BEGIN; INSERT INTO calls VALUES (1, 'a')`), [])
  t.deepEqual(await sentBy(() => writer.query('COMMIT')), ['insert board user_id=a'])
})
