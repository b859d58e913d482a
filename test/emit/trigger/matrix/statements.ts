import { cacheRule, makePlan, tableRule } from '../../../helpers/plans.ts'
import type { Group } from './case.ts'

const plan = makePlan(
  [cacheRule('board', 'board:{user_id}', {})],
  [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] })],
)

const TWO = `INSERT INTO calls VALUES (1, 'a', 'new'), (2, 'b', 'old')`

export const statements: readonly Group[] = [
  {
    title: 'Statements',
    text: 'The table is `calls (id, user_id, status, note)`, with rows of users `a` and `b`. One rule invalidates `board:{user_id}` and names the column `status`.',
    tables: 'CREATE TABLE calls (id int PRIMARY KEY, user_id text, status text, note text)',
    plans: [plan],
    empty: ['calls'],
    cases: [
      {
        title: 'INSERT',
        run: [`INSERT INTO calls VALUES (1, 'a', 'new')`],
        sent: ['insert board user_id=a'],
      },
      {
        title: 'INSERT of several rows',
        run: [`INSERT INTO calls VALUES (1, 'a'), (2, 'b'), (3, 'a')`],
        sent: ['insert board user_id=a', 'insert board user_id=b'],
      },
      {
        title: 'INSERT ... SELECT',
        run: [`INSERT INTO calls SELECT i, 'u' || i % 2 FROM generate_series(1, 5) AS i`],
        sent: ['insert board user_id=u0', 'insert board user_id=u1'],
      },
      {
        title: 'INSERT of no row',
        run: ['INSERT INTO calls SELECT * FROM calls WHERE false'],
        sent: [],
      },
      {
        title: 'ON CONFLICT DO NOTHING, with a conflict',
        before: TWO,
        run: [`INSERT INTO calls VALUES (1, 'z') ON CONFLICT DO NOTHING`],
        sent: [],
      },
      {
        title: 'ON CONFLICT DO NOTHING, one row of two',
        before: TWO,
        run: [`INSERT INTO calls VALUES (1, 'z'), (3, 'c') ON CONFLICT DO NOTHING`],
        sent: ['insert board user_id=c'],
      },
      {
        title: 'ON CONFLICT DO UPDATE',
        before: TWO,
        run: [
          `INSERT INTO calls VALUES (1, 'a', 'x'), (3, 'c', 'x') ON CONFLICT (id) DO UPDATE SET status = excluded.status`,
        ],
        sent: ['insert board user_id=c', 'update board user_id=a'],
      },
      {
        title: 'UPDATE of a relevant column',
        before: TWO,
        run: [`UPDATE calls SET status = 'done' WHERE id = 1`],
        sent: ['update board user_id=a'],
      },
      {
        title: 'UPDATE of an irrelevant column',
        before: TWO,
        run: [`UPDATE calls SET note = 'x'`],
        sent: [],
      },
      {
        title: 'UPDATE that writes what was there',
        before: TWO,
        run: ['UPDATE calls SET status = status, user_id = user_id'],
        sent: [],
      },
      {
        title: 'UPDATE of many rows, a relevant change in one',
        before: TWO,
        run: [`UPDATE calls SET status = 'old', note = 'x'`],
        sent: ['update board user_id=a'],
      },
      {
        title: 'UPDATE of the key column: a row moves',
        before: TWO,
        run: [`UPDATE calls SET user_id = 'c' WHERE id = 1`],
        sent: ['update board user_id=a', 'update board user_id=c'],
      },
      {
        title: 'two rows swap their values',
        before: TWO,
        run: ['UPDATE calls SET status = (SELECT o.status FROM calls AS o WHERE o.id <> calls.id)'],
        sent: ['update board user_id=a', 'update board user_id=b'],
      },
      {
        title: 'two rows of one key swap their values',
        before: `INSERT INTO calls VALUES (1, 'a', 'new'), (2, 'a', 'old')`,
        run: [`UPDATE calls SET status = CASE status WHEN 'new' THEN 'old' ELSE 'new' END`],
        sent: ['update board user_id=a'],
      },
      {
        title: 'two rows swap their keys',
        before: TWO,
        run: [`UPDATE calls SET user_id = CASE user_id WHEN 'a' THEN 'b' ELSE 'a' END`],
        sent: ['update board user_id=a', 'update board user_id=b'],
      },
      {
        title: 'the primary key changes, and with it nothing that the rule reads',
        before: TWO,
        run: ['UPDATE calls SET id = id + 10'],
        sent: [],
      },
      {
        title: 'the primary key changes, and the status of one row',
        before: TWO,
        run: [`UPDATE calls SET id = 3 - id + 10, status = CASE id WHEN 1 THEN 'x' ELSE status END`],
        sent: ['update board user_id=a'],
      },
      {
        title: 'DELETE',
        before: TWO,
        run: ['DELETE FROM calls'],
        sent: ['delete board user_id=a', 'delete board user_id=b'],
      },
      { title: 'DELETE of no row', before: TWO, run: ['DELETE FROM calls WHERE false'], sent: [] },
      { title: 'TRUNCATE', before: TWO, run: ['TRUNCATE calls'], sent: ['truncate board! truncate'] },
      {
        title: 'COPY',
        run: [`COPY calls (id, user_id) FROM PROGRAM 'printf "1\\ta\\n2\\tb\\n3\\ta\\n"'`],
        sent: ['insert board user_id=a', 'insert board user_id=b'],
      },
      {
        title: 'MERGE that inserts, updates and deletes',
        before: `${TWO}, (3, 'c', 'old')`,
        run: [
          `MERGE INTO calls USING (VALUES (1, 'x'), (2, 'gone'), (4, 'y')) AS s(id, status) ON s.id = calls.id
           WHEN MATCHED AND s.status = 'gone' THEN DELETE
           WHEN MATCHED THEN UPDATE SET status = s.status
           WHEN NOT MATCHED THEN INSERT (id, user_id, status) VALUES (s.id, 'd', s.status)`,
        ],
        sent: ['delete board user_id=b', 'insert board user_id=d', 'update board user_id=a'],
      },
      {
        title: 'a writable CTE updates one table twice',
        before: TWO,
        run: [
          `WITH first AS (UPDATE calls SET status = 'x' WHERE id = 1 RETURNING 1) UPDATE calls SET user_id = 'c' WHERE id = 2`,
        ],
        sent: ['update board user_id=a', 'update board user_id=b', 'update board user_id=c'],
      },
      {
        title: 'a writable CTE inserts, updates and deletes in one table',
        before: TWO,
        run: [
          `WITH gone AS (DELETE FROM calls WHERE id = 1 RETURNING *), added AS (INSERT INTO calls VALUES (9, 'n') RETURNING *)
           UPDATE calls SET status = 'x' FROM gone, added WHERE calls.id = 2`,
        ],
        sent: ['delete board user_id=a', 'insert board user_id=n', 'update board user_id=b'],
      },
      {
        title: 'ROLLBACK',
        before: TWO,
        run: ['BEGIN', `UPDATE calls SET status = 'x'`, 'ROLLBACK'],
        sent: [],
      },
      {
        title: 'ROLLBACK TO a savepoint',
        before: TWO,
        run: [
          'BEGIN',
          `UPDATE calls SET status = 'x' WHERE id = 1`,
          'SAVEPOINT s',
          `UPDATE calls SET status = 'x' WHERE id = 2`,
          'ROLLBACK TO s',
          'COMMIT',
        ],
        sent: ['update board user_id=a'],
      },
      {
        title: 'a transaction that is not committed yet',
        before: TWO,
        run: ['BEGIN', `UPDATE calls SET status = 'x'`],
        sent: [],
      },
      {
        title: 'a prepared transaction that is committed',
        before: TWO,
        run: [
          'BEGIN',
          `UPDATE calls SET status = 'x' WHERE id = 1`,
          `PREPARE TRANSACTION '{name}'`,
          `COMMIT PREPARED '{name}'`,
        ],
        sent: ['update board user_id=a'],
      },
      {
        title: 'a prepared transaction that is rolled back',
        before: TWO,
        run: [
          'BEGIN',
          `UPDATE calls SET status = 'x'`,
          `PREPARE TRANSACTION '{name}'`,
          `ROLLBACK PREPARED '{name}'`,
        ],
        sent: [],
      },
      {
        title: 'NULL in the key',
        run: [
          `INSERT INTO calls VALUES (3, NULL, 'x')`,
          `UPDATE calls SET status = 'y'`,
          'DELETE FROM calls',
        ],
        sent: [],
      },
      {
        title: 'a key becomes NULL, and is one again',
        before: TWO,
        run: ['UPDATE calls SET user_id = NULL WHERE id = 1', `UPDATE calls SET user_id = 'z' WHERE id = 1`],
        sent: ['update board user_id=a', 'update board user_id=z'],
      },
      {
        title: '100,000 rows of three keys, in a session that has changed single rows',
        before: `INSERT INTO calls SELECT i, 'u' || i % 3 FROM generate_series(1, 100000) AS i`,
        run: [
          ...Array.from({ length: 7 }, () => `UPDATE calls SET note = 'x' WHERE id = 1`),
          `UPDATE calls SET status = 'x'`,
        ],
        sent: ['update board user_id=u0', 'update board user_id=u1', 'update board user_id=u2'],
      },
      {
        title: '100,000 rows, one of which changes what matters',
        before: `INSERT INTO calls SELECT i, 'u' || i FROM generate_series(1, 100000) AS i`,
        run: [`UPDATE calls SET note = 'x', status = CASE id WHEN 77777 THEN 'x' END`],
        sent: ['update board user_id=u77777'],
      },
      {
        title: '100,000 rows with as many keys',
        run: [
          `INSERT INTO calls SELECT i, 'u' || i FROM generate_series(1, 100000) AS i`,
          `UPDATE calls SET status = 'x'`,
          'DELETE FROM calls',
        ],
        sent: ['delete board! max-keys', 'insert board! max-keys', 'update board! max-keys'],
      },
    ],
  },
]
