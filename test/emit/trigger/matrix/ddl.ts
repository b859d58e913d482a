import type { Plan } from '../../../../src/plan/plan.ts'
import { cacheRule, makePlan, tableRule } from '../../../helpers/plans.ts'
import type { Group } from './case.ts'

const rules = makePlan(
  [cacheRule('board', 'board:{user_id}', {}), cacheRule('report', 'report:{day}', {})],
  [
    tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' } }),
    tableRule({ table: 'days', cache: 'report', params: { day: 'day' } }),
  ],
)
const plan: Plan = { ...rules, ddl: 'watch' }

export const ddl: readonly Group[] = [
  {
    title: 'DDL, where the rules say `ddl: watch`',
    text: '`calls (user_id, n)` is a table, `days (day, n)` is partitioned, with the partition `days_1`. Event triggers tell what was done to them.',
    tables: `
      CREATE TABLE calls (user_id text, n int);
      CREATE TABLE days (day text, n int) PARTITION BY LIST (day);
      CREATE TABLE days_1 PARTITION OF days FOR VALUES IN ('mon');
      CREATE TABLE days_2 (day text, n int);
      CREATE TABLE other (user_id text);
      CREATE ROLE {name};
      CREATE SCHEMA own AUTHORIZATION {name}`,
    plans: [plan],
    empty: ['calls', 'days'],
    cases: [
      {
        title: 'a type that is changed, rewriting the rows',
        run: ['ALTER TABLE calls ALTER n TYPE bigint USING n + 1'],
        sent: ['truncate board! ddl'],
      },
      {
        title: 'a new column with a default, dropped again',
        run: [`ALTER TABLE calls ADD extra text DEFAULT 'x'`, 'ALTER TABLE calls DROP extra'],
        sent: ['truncate board! ddl'],
      },
      {
        title: 'a column of a type that is dropped',
        before: `CREATE TYPE mood AS ENUM ('good'); ALTER TABLE calls ADD mood mood`,
        run: ['DROP TYPE mood CASCADE'],
        sent: ['truncate board! ddl'],
      },
      {
        title: 'a table that has another name meanwhile',
        before: 'ALTER TABLE calls RENAME TO phone_calls',
        run: ['ALTER TABLE phone_calls ALTER n TYPE int', 'ALTER TABLE phone_calls RENAME TO calls'],
        sent: ['truncate board! ddl'],
      },
      {
        title: 'triggers that are disabled',
        run: ['ALTER TABLE calls DISABLE TRIGGER ALL'],
        after: 'ALTER TABLE calls ENABLE TRIGGER ALL',
        sent: ['truncate board! ddl'],
      },
      {
        title: 'the same in a transaction that is rolled back',
        run: ['BEGIN', 'ALTER TABLE calls DISABLE TRIGGER ALL', 'ROLLBACK'],
        sent: [],
      },
      {
        title: 'under an empty search_path, and by a role that has no right on our schema',
        before: 'ALTER TABLE calls OWNER TO {name}',
        run: ['SET ROLE {name}', `SET search_path = ''`, 'ALTER TABLE public.calls ALTER n TYPE bigint'],
        after: 'ALTER TABLE calls OWNER TO postgres',
        sent: ['truncate board! ddl'],
      },
      {
        title: 'a partition that is new is covered at once',
        run: [
          `CREATE TABLE days_3 PARTITION OF days FOR VALUES IN ('wed')`,
          `INSERT INTO days_3 VALUES ('wed', 1)`,
        ],
        sent: ['insert report day=wed'],
      },
      {
        title: 'so is the partition of a partition',
        run: [
          `CREATE TABLE days_4 PARTITION OF days FOR VALUES IN ('thu') PARTITION BY LIST (n)`,
          'CREATE TABLE days_4_1 PARTITION OF days_4 FOR VALUES IN (1)',
          `INSERT INTO days_4_1 VALUES ('thu', 1)`,
        ],
        sent: ['insert report day=thu'],
      },
      {
        title: 'a partition that is attached: its rows, and what is written straight to it',
        run: [
          `ALTER TABLE days ATTACH PARTITION days_2 FOR VALUES IN ('tue')`,
          `INSERT INTO days_2 VALUES ('tue', 1)`,
        ],
        sent: ['insert report day=tue', 'truncate report! ddl'],
      },
      {
        title: 'a partition that is altered by itself',
        run: ['ALTER TABLE days_2 SET (fillfactor = 50)'],
        sent: ['truncate report! ddl'],
      },
      {
        title: 'a partition that is detached, with its rows',
        run: ['ALTER TABLE days DETACH PARTITION days_2'],
        sent: ['truncate report! ddl'],
      },
      {
        title: 'a partition that is dropped, with its rows',
        run: ['DROP TABLE days_3'],
        sent: ['truncate report! ddl'],
      },
      {
        title: 'other tables, views and indexes, and temporary tables',
        run: [
          'ALTER TABLE other ADD x int',
          'CREATE VIEW seen AS SELECT * FROM calls',
          'DROP VIEW seen',
          'CREATE INDEX ON calls (n)',
          'CREATE TEMPORARY TABLE calls (x int)',
          'ALTER TABLE pg_temp.calls ADD y int',
          'DROP TABLE pg_temp.calls',
          'DROP TABLE other',
        ],
        sent: [],
      },
      {
        title: 'a trigger that is dropped',
        run: ['DROP TRIGGER stalemate_app_insert ON calls'],
        sent: ['truncate board! ddl'],
      },
      {
        title: 'a table that is dropped',
        run: ['DROP TABLE days'],
        after: 'CREATE TABLE days (day text, n int)',
        sent: ['truncate report! ddl'],
      },
      {
        title: 'a schema that is dropped, and a table that leaves for another',
        run: ['ALTER TABLE calls SET SCHEMA own', 'DROP SCHEMA own CASCADE'],
        sent: ['truncate board! ddl'],
      },
    ],
  },
]
