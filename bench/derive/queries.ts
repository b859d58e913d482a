import type { WrittenQuery } from '../../src/derive/written-query.ts'
import { CREATE_TABLES } from '../../src/demo/schema.ts'

/** Tables of a chain: each row names one of the next table. */
const LINKS = 16

export const BENCH_SCHEMA = `${CREATE_TABLES}
${Array.from({ length: LINKS }, (_, n) => `CREATE TABLE link_${n} (id int PRIMARY KEY, next int NOT NULL, label text NOT NULL, weight int NOT NULL);`).join('\n')}
`

const user = [{ name: 'user_id', type: 'uuid' }] as const

function chain(tables: number): WrittenQuery {
  const joins = Array.from(
    { length: tables - 1 },
    (_, n) => `JOIN link_${n + 1} ON link_${n + 1}.id = link_${n}.next`,
  )
  const sql = `SELECT link_0.label, sum(link_${tables - 1}.weight) AS weight FROM link_0 ${joins.join(' ')} WHERE link_${Math.floor(tables / 2)}.label = :label GROUP BY link_0.label`
  return { sql, params: [{ name: 'label', type: 'text' }] }
}

/** From a look-up to a join of sixteen tables. */
export const BENCH_QUERIES: Readonly<Record<string, WrittenQuery>> = {
  'one row by its key': { params: user, sql: 'SELECT name, email, plan FROM users WHERE id = :user_id' },
  'a dashboard of four tables': {
    params: user,
    sql: `SELECT u.name, c.calls, l.open_value FROM users u
      CROSS JOIN LATERAL (SELECT count(*) AS calls FROM calls WHERE user_id = u.id) c
      CROSS JOIN LATERAL (SELECT sum(value) AS open_value FROM leads JOIN agents ON agents.id = leads.agent_id
        WHERE agents.user_id = u.id AND stage NOT IN ('won', 'lost')) l
      WHERE u.id = :user_id`,
  },
  'a UNION with subqueries': {
    params: user,
    sql: `SELECT c.id, c.status FROM calls c WHERE c.user_id = :user_id AND EXISTS (SELECT FROM agents a WHERE a.id = c.agent_id AND a.active)
      UNION ALL SELECT l.id, l.stage FROM leads l WHERE l.agent_id IN (SELECT id FROM agents WHERE user_id = :user_id)`,
  },
  'a join of 8 tables': chain(8),
  'a join of 16 tables': chain(LINKS),
}
