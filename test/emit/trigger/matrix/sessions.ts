import { cacheRule, makePlan, tableRule } from '../../../helpers/plans.ts'
import type { Group } from './case.ts'

export const sessions: readonly Group[] = [
  {
    title: 'Replication and what rewrites a table',
    text: 'These are the ways round triggers. What sends nothing here must be told by hand, or by event triggers (`ddl: watch`, see below).',
    tables: 'CREATE TABLE calls (user_id text, status text, n int)',
    plans: [
      makePlan(
        [cacheRule('board', 'board:{user_id}', {})],
        [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' } })],
      ),
    ],
    empty: ['calls'],
    cases: [
      {
        title: 'session_replication_role = replica',
        run: ['SET session_replication_role = replica', `INSERT INTO calls VALUES ('a', 'new')`],
        sent: [],
      },
      {
        title: 'the same, with ENABLE ALWAYS',
        before: 'ALTER TABLE calls ENABLE ALWAYS TRIGGER stalemate_app_insert',
        run: ['SET session_replication_role = replica', `INSERT INTO calls VALUES ('a', 'new')`],
        after: 'ALTER TABLE calls ENABLE TRIGGER stalemate_app_insert',
        sent: ['insert board user_id=a'],
      },
      {
        title: 'session_replication_role = local',
        run: ['SET session_replication_role = local', `INSERT INTO calls VALUES ('a', 'new')`],
        sent: ['insert board user_id=a'],
      },
      {
        title: 'ADD COLUMN ... DEFAULT',
        before: `INSERT INTO calls VALUES ('a', 'new')`,
        run: [`ALTER TABLE calls ADD extra text DEFAULT 'x'`],
        after: 'ALTER TABLE calls DROP extra',
        sent: [],
      },
      {
        title: 'ALTER ... TYPE ... USING',
        before: `INSERT INTO calls VALUES ('a', 'new', 1)`,
        run: ['ALTER TABLE calls ALTER n TYPE int USING n + 1'],
        sent: [],
      },
    ],
  },
]
