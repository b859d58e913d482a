import { cacheRule, makePlan, tableRule } from '../../../helpers/plans.ts'
import type { Group } from './case.ts'

const board = (table: string) =>
  makePlan(
    [cacheRule('board', 'board:{user_id}', {})],
    [tableRule({ table, cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] })],
  )
const all = (table: string) =>
  makePlan(
    [cacheRule('board', 'board:{user_id}', {})],
    [tableRule({ table, cache: 'board', params: { user_id: 'user_id' } })],
  )

export const loose: readonly Group[] = [
  {
    title: 'Tables without a primary key',
    text: '`logs (user_id, status, doc, body, at)` has columns of the types `json`, `xml` and `point`, which know no equality. All its columns count.',
    tables: 'CREATE TABLE logs (user_id text, status text, doc json, body xml, at point)',
    plans: [all('logs')],
    empty: ['logs'],
    cases: [
      {
        title: 'two equal rows, one of which changes',
        before: `INSERT INTO logs VALUES ('a', 'x'), ('a', 'x'), ('b', 'x')`,
        run: [`UPDATE logs SET status = 'y' WHERE ctid = '(0,1)'`],
        sent: ['update board user_id=a'],
      },
      {
        title: 'rows of two keys swap their values',
        before: `INSERT INTO logs VALUES ('a', 'x'), ('b', 'y'), ('c', 'z')`,
        run: [`UPDATE logs SET status = CASE user_id WHEN 'a' THEN 'y' WHEN 'b' THEN 'x' ELSE status END`],
        sent: ['update board user_id=a', 'update board user_id=b'],
      },
      {
        title: 'types without equality',
        before: `INSERT INTO logs VALUES ('a', 'x', '{"k":1}', '<a/>', '(1,2)'), ('b', 'x', '{"k":1}', '<a/>', '(1,2)'), ('c', NULL, NULL, NULL, NULL)`,
        run: [
          `UPDATE logs SET doc = CASE user_id WHEN 'a' THEN '{"k":2}' ELSE doc END, at = CASE user_id WHEN 'c' THEN point(3, 4) ELSE at END`,
        ],
        sent: ['update board user_id=a', 'update board user_id=c'],
      },
    ],
  },
  {
    title: 'Generated columns',
    text: '`calls (id, user_id, seconds, status)`, where `status` is generated from `seconds` and stored. The rule names `status`.',
    tables: `CREATE TABLE calls (id int GENERATED ALWAYS AS IDENTITY, user_id text, seconds int,
      status text GENERATED ALWAYS AS (CASE WHEN seconds > 60 THEN 'long' ELSE 'short' END) STORED)`,
    plans: [board('calls')],
    empty: ['calls'],
    cases: [
      {
        title: 'the generated value changes',
        before: `INSERT INTO calls (user_id, seconds) VALUES ('a', 1), ('b', 1)`,
        run: [`UPDATE calls SET seconds = 61 WHERE user_id = 'a'`],
        sent: ['update board user_id=a'],
      },
      {
        title: 'it stays',
        before: `INSERT INTO calls (user_id, seconds) VALUES ('a', 1), ('b', 1)`,
        run: ['UPDATE calls SET seconds = 60'],
        sent: [],
      },
    ],
  },
]

const THREE = `INSERT INTO calls VALUES (1, 'a', 'new', 1), (2, 'b', 'new', 1), (3, 'c', 'new', 2)`

export const partitions: readonly Group[] = [
  {
    title: 'Partitioned tables',
    text: "`calls (id, user_id, status, part)` has the partitions `calls_1`, and `calls_2`, which has partitions itself and its columns in another order. `calls_3` is attached after the migration, and `stalemate.cover_v1('calls')` gives it the triggers.",
    tables: `
      CREATE TABLE calls (id int, user_id text, status text, part int) PARTITION BY LIST (part);
      CREATE TABLE calls_1 PARTITION OF calls FOR VALUES IN (1);
      CREATE TABLE calls_2 (part int, status text, dropped int, user_id text, id int) PARTITION BY RANGE (id);
      ALTER TABLE calls_2 DROP COLUMN dropped;
      CREATE TABLE calls_2a PARTITION OF calls_2 DEFAULT;
      ALTER TABLE calls ATTACH PARTITION calls_2 FOR VALUES IN (2);`,
    plans: [board('calls')],
    empty: ['calls'],
    cases: [
      {
        title: 'writes through the parent',
        run: [THREE, `UPDATE calls SET status = 'x' WHERE part = 2`, 'DELETE FROM calls WHERE id = 1'],
        sent: [
          'delete board user_id=a',
          'insert board user_id=a',
          'insert board user_id=b',
          'insert board user_id=c',
          'update board user_id=c',
        ],
      },
      {
        title: 'writes straight to a partition',
        run: [
          `INSERT INTO calls_1 VALUES (1, 'a', 'new', 1)`,
          `UPDATE calls_1 SET status = 'x'`,
          'DELETE FROM calls_1',
        ],
        sent: ['delete board user_id=a', 'insert board user_id=a', 'update board user_id=a'],
      },
      {
        title: 'writes straight to a partition of a partition, with its columns in another order',
        run: [
          `INSERT INTO calls_2a (id, user_id, status, part) VALUES (1, 'a', 'new', 2)`,
          `UPDATE calls_2 SET status = 'x'`,
          'TRUNCATE calls_2a',
        ],
        sent: ['insert board user_id=a', 'truncate board! truncate', 'update board user_id=a'],
      },
      {
        title: 'a row moves to another partition, and nothing else changes',
        before: THREE,
        run: ['UPDATE calls SET part = 2 WHERE id = 1'],
        sent: [],
      },
      {
        title: 'rows move to another partition, one with a new status',
        before: THREE,
        run: [`UPDATE calls SET part = 2, status = CASE id WHEN 2 THEN 'x' ELSE status END WHERE part = 1`],
        sent: ['update board user_id=b'],
      },
      {
        title: 'a row moves to another partition and to another key',
        before: THREE,
        run: [`UPDATE calls SET part = 2, user_id = 'z' WHERE id = 1`],
        sent: ['update board user_id=a', 'update board user_id=z'],
      },
      {
        title: 'COPY through the parent',
        run: [`COPY calls FROM PROGRAM 'printf "1\\ta\\tnew\\t1\\n2\\tb\\tnew\\t2\\n"'`],
        sent: ['insert board user_id=a', 'insert board user_id=b'],
      },
      {
        title: 'TRUNCATE of the parent',
        before: THREE,
        run: ['TRUNCATE calls'],
        sent: ['truncate board! truncate'],
      },
      {
        title: 'a partition attached later: writes through the parent',
        before: `CREATE TABLE calls_3 PARTITION OF calls FOR VALUES IN (3)`,
        run: [`INSERT INTO calls VALUES (1, 'a', 'new', 3)`],
        sent: ['insert board user_id=a'],
      },
      {
        title: 'a partition attached later, not covered: writes straight to it',
        run: [`INSERT INTO calls_3 VALUES (1, 'a', 'new', 3)`],
        sent: [],
        shown:
          'nothing: `status` tells of the partition, and a runtime does not trust caches of a table with such a one',
      },
      {
        title: 'a partition attached later, covered: writes straight to it',
        before: `SELECT stalemate.cover_v1('calls')`,
        run: [
          `INSERT INTO calls_3 VALUES (1, 'a', 'new', 3)`,
          `UPDATE calls_3 SET status = 'x'`,
          'DELETE FROM calls_3',
        ],
        sent: ['delete board user_id=a', 'insert board user_id=a', 'update board user_id=a'],
      },
      {
        title: 'a partition that is detached keeps its triggers',
        before: THREE,
        run: ['ALTER TABLE calls DETACH PARTITION calls_1', `UPDATE calls_1 SET status = 'x' WHERE id = 1`],
        sent: ['update board user_id=a'],
      },
    ],
  },
]

export const inheriting: readonly Group[] = [
  {
    title: 'Inheritance',
    text: '`archive (..., place)` inherits from `calls (id, user_id, status)`. All columns count.',
    tables: `
      CREATE TABLE calls (id int, user_id text, status text);
      CREATE TABLE archive (place text) INHERITS (calls);`,
    plans: [all('calls')],
    empty: ['calls'],
    cases: [
      {
        title: 'an update through the parent reaches rows of both',
        before: `INSERT INTO calls VALUES (1, 'a'); INSERT INTO archive VALUES (2, 'b')`,
        run: [`UPDATE calls SET status = 'x'`, 'DELETE FROM calls'],
        sent: [
          'delete board user_id=a',
          'delete board user_id=b',
          'update board user_id=a',
          'update board user_id=b',
        ],
      },
      {
        title: 'writes to the table that inherits',
        run: [
          `INSERT INTO archive VALUES (2, 'b')`,
          `UPDATE archive SET status = 'x'`,
          'DELETE FROM archive',
        ],
        sent: ['delete board user_id=b', 'insert board user_id=b', 'update board user_id=b'],
      },
      {
        title: 'a column that only the table that inherits has',
        before: `INSERT INTO archive VALUES (2, 'b')`,
        run: [`UPDATE archive SET place = 'cellar'`],
        sent: ['update board user_id=b'],
      },
    ],
  },
]
