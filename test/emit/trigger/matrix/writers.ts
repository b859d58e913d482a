import { cacheRule, makePlan, tableRule } from '../../../helpers/plans.ts'
import type { Group } from './case.ts'

const caches = [cacheRule('board', 'board:{user_id}', {}), cacheRule('quick', 'quick:{user_id}', {})]
const rule = (when?: string, reads?: readonly string[]) =>
  tableRule({
    table: 'calls',
    cache: when === undefined ? 'board' : 'quick',
    params: { user_id: 'user_id' },
    columns: ['status'],
    ...(when !== undefined && { when }),
    ...(reads !== undefined && { reads }),
  })

export const writers: readonly Group[] = [
  {
    title: 'Roles',
    text: 'The writer is a role with rights on `calls` and none on the schema `stalemate`. Row-level security lets it see and write rows of user `a` only.',
    tables: `
      CREATE TABLE calls (user_id text, status text);
      CREATE ROLE {name}; GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON calls TO {name};
      ALTER TABLE calls ENABLE ROW LEVEL SECURITY; ALTER TABLE calls FORCE ROW LEVEL SECURITY;
      CREATE POLICY own ON calls TO {name} USING (user_id = 'a') WITH CHECK (status <> 'forbidden');`,
    plans: [makePlan(caches, [rule()])],
    empty: ['calls'],
    cases: [
      {
        title: 'a writer without any right on our schema',
        run: [
          'SET ROLE {name}',
          `INSERT INTO calls VALUES ('a', 'new')`,
          `UPDATE calls SET status = 'x'`,
          'DELETE FROM calls',
          'TRUNCATE calls',
        ],
        sent: [
          'delete board user_id=a',
          'insert board user_id=a',
          'truncate board! truncate',
          'update board user_id=a',
        ],
      },
      {
        title: 'it cannot send by itself',
        run: [
          'SET ROLE {name}',
          `SELECT stalemate.outbox_v1('stalemate.stalemate_app', 'stalemate_app', 'x')`,
        ],
        fails: /permission denied/,
        sent: [],
      },
      {
        title: 'row-level security: rows that the policy hides stay as they are',
        before: `INSERT INTO calls VALUES ('a', 'new'), ('b', 'new')`,
        run: ['SET ROLE {name}', `UPDATE calls SET status = 'x'`],
        sent: ['update board user_id=a'],
      },
      {
        title: 'row-level security: a row that its policy refuses',
        run: ['SET ROLE {name}', `INSERT INTO calls VALUES ('a', 'forbidden')`],
        fails: /row-level security/,
        sent: [],
      },
      {
        title: 'row-level security: a row that moves out of sight',
        before: `ALTER POLICY own ON calls USING (status = 'new' OR user_id = 'a') WITH CHECK (true); INSERT INTO calls VALUES ('a', 'new')`,
        run: ['SET ROLE {name}', `UPDATE calls SET user_id = 'b', status = 'x'`],
        sent: ['update board user_id=a', 'update board user_id=b'],
      },
    ],
  },
  {
    title: 'What raises inside a trigger',
    text: 'A second rule invalidates `quick:{user_id}` when `100 / n > 1`, which raises for `n = 0`. The write is never refused.',
    tables: 'CREATE TABLE calls (user_id text, status text, n int)',
    plans: [makePlan(caches, [rule(), rule('100 / n > 1', ['n'])])],
    empty: ['calls'],
    cases: [
      {
        title: 'the condition does not raise',
        run: [`INSERT INTO calls VALUES ('a', 'new', 50), ('b', 'new', 100)`],
        sent: ['insert board user_id=a', 'insert board user_id=b', 'insert quick user_id=a'],
      },
      {
        title: 'it raises for the only row',
        run: [`INSERT INTO calls VALUES ('a', 'new', 0)`],
        sent: ['insert board user_id=a', 'insert quick! error'],
      },
      {
        title: 'it raises for one row of several',
        before: `INSERT INTO calls VALUES ('a', 'new', 1), ('b', 'new', 0)`,
        run: [`UPDATE calls SET status = 'x'`],
        sent: ['update board user_id=a', 'update board user_id=b', 'update quick! error'],
      },
      {
        title: 'a column that the rules name is renamed',
        before: 'ALTER TABLE calls RENAME user_id TO owner_id',
        run: [
          `INSERT INTO calls VALUES ('a', 'new', 1)`,
          `UPDATE calls SET status = 'x'`,
          'DELETE FROM calls',
        ],
        after: 'ALTER TABLE calls RENAME owner_id TO user_id',
        sent: [
          'delete board! error',
          'delete quick! error',
          'insert board! error',
          'insert quick! error',
          'update board! error',
          'update quick! error',
        ],
      },
      {
        title: 'it has its name again',
        run: [`INSERT INTO calls VALUES ('a', 'new', 50)`],
        sent: ['insert board user_id=a', 'insert quick user_id=a'],
      },
      {
        title: 'the type of a column changes',
        before: 'ALTER TABLE calls ALTER n TYPE numeric, ALTER user_id TYPE varchar(40)',
        run: [`INSERT INTO calls VALUES ('a', 'new', 50)`],
        sent: ['insert board user_id=a', 'insert quick user_id=a'],
      },
    ],
  },
]
