/** Queries of the kind that a call centre's dashboard asks, over the example's tables; each with the types of its params. */
export const DASHBOARDS: Readonly<
  Record<string, readonly [params: Readonly<Record<string, 'uuid' | 'text' | 'int'>>, sql: string]>
> = {
  profile: [{ user_id: 'uuid' }, 'SELECT name, email, plan FROM users WHERE id = :user_id'],
  'call counts': [
    { user_id: 'uuid' },
    'SELECT count(*) AS calls, sum(duration) AS seconds FROM calls WHERE user_id = :user_id',
  ],
  'calls by status': [
    { user_id: 'uuid' },
    'SELECT status, count(*) AS calls FROM calls WHERE user_id = :user_id GROUP BY status',
  ],
  'last calls': [
    { user_id: 'uuid' },
    'SELECT id, status, duration, started_at FROM calls WHERE user_id = :user_id ORDER BY started_at DESC, id LIMIT 20',
  ],
  'waiting calls': [
    { user_id: 'uuid' },
    `SELECT id, started_at FROM calls WHERE user_id = :user_id AND status = 'waiting'`,
  ],
  'calls of a status': [
    { user_id: 'uuid', status: 'text' },
    'SELECT id, duration FROM calls WHERE user_id = :user_id AND status = :status',
  ],
  agents: [
    { user_id: 'uuid' },
    'SELECT id, name FROM agents WHERE user_id = :user_id AND active ORDER BY name',
  ],
  'agents with calls': [
    { user_id: 'uuid' },
    `SELECT a.id, a.name, count(c.id) AS calls FROM agents a LEFT JOIN calls c ON c.agent_id = a.id AND c.status = 'completed' WHERE a.user_id = :user_id GROUP BY a.id`,
  ],
  'agents without calls': [
    { user_id: 'uuid' },
    'SELECT a.id, a.name FROM agents a WHERE a.user_id = :user_id AND NOT EXISTS (SELECT FROM calls c WHERE c.agent_id = a.id)',
  ],
  'idle agents by outer join': [
    { user_id: 'uuid' },
    'SELECT a.id FROM agents a LEFT JOIN calls c ON c.agent_id = a.id WHERE a.user_id = :user_id AND c.id IS NULL',
  ],
  'agent of the most calls': [
    { user_id: 'uuid' },
    'SELECT a.name FROM agents a JOIN calls c ON c.agent_id = a.id WHERE a.user_id = :user_id GROUP BY a.id ORDER BY count(*) DESC, a.id LIMIT 1',
  ],
  'open value': [
    { user_id: 'uuid' },
    `SELECT sum(l.value) AS value FROM leads l JOIN agents a ON a.id = l.agent_id WHERE a.user_id = :user_id AND l.stage NOT IN ('won', 'lost')`,
  ],
  'leads by stage': [
    { user_id: 'uuid' },
    'SELECT l.stage, count(*) AS leads FROM leads l JOIN agents a ON a.id = l.agent_id WHERE a.user_id = :user_id GROUP BY l.stage',
  ],
  'leads of an agent': [
    { agent_id: 'uuid' },
    'SELECT id, name, stage, value FROM leads WHERE agent_id = :agent_id',
  ],
  'best lead of each agent': [
    { user_id: 'uuid' },
    'SELECT DISTINCT ON (l.agent_id) l.agent_id, l.name, l.value FROM leads l JOIN agents a ON a.id = l.agent_id WHERE a.user_id = :user_id ORDER BY l.agent_id, l.value DESC, l.id',
  ],
  'agents with won leads': [
    { user_id: 'uuid' },
    `SELECT name FROM agents WHERE user_id = :user_id AND id IN (SELECT agent_id FROM leads WHERE stage = 'won')`,
  ],
  'agents that lost nothing': [
    { user_id: 'uuid' },
    `SELECT name FROM agents WHERE user_id = :user_id AND id NOT IN (SELECT agent_id FROM leads WHERE stage = 'lost')`,
  ],
  'activity feed': [
    { user_id: 'uuid' },
    `SELECT 'call' AS kind, c.id, c.started_at AS at FROM calls c WHERE c.user_id = :user_id UNION ALL SELECT 'lead', l.id, NULL FROM leads l JOIN agents a ON a.id = l.agent_id WHERE a.user_id = :user_id`,
  ],
  'agents that call and sell': [
    { user_id: 'uuid' },
    'SELECT a.id FROM agents a JOIN calls c ON c.agent_id = a.id WHERE a.user_id = :user_id INTERSECT SELECT agent_id FROM leads',
  ],
  'agents that only call': [
    { user_id: 'uuid' },
    'SELECT c.agent_id FROM calls c WHERE c.user_id = :user_id EXCEPT SELECT l.agent_id FROM leads l',
  ],
  'user of an agent': [
    { agent_id: 'uuid' },
    'SELECT u.name, u.plan FROM agents a JOIN users u ON u.id = a.user_id WHERE a.id = :agent_id',
  ],
  'colleagues of an agent': [
    { agent_id: 'uuid' },
    'SELECT b.name FROM agents a JOIN agents b ON b.user_id = a.user_id AND b.id <> a.id WHERE a.id = :agent_id',
  ],
  'calls of an agent and others': [
    { agent_id: 'uuid' },
    'SELECT c.id, count(*) OVER (PARTITION BY c.status) AS alike FROM calls c WHERE c.agent_id = :agent_id',
  ],
  'start page': [
    { user_id: 'uuid' },
    `WITH own AS (SELECT * FROM calls WHERE user_id = :user_id) SELECT (SELECT count(*) FROM own) AS calls, (SELECT count(*) FROM own WHERE status = 'waiting') AS waiting`,
  ],
  'totals by user': [
    { user_id: 'uuid' },
    'SELECT t.calls, t.seconds FROM (SELECT user_id, count(*) AS calls, sum(duration) AS seconds FROM calls GROUP BY user_id) t WHERE t.user_id = :user_id',
  ],
  'latest of all users': [
    { user_id: 'uuid' },
    'SELECT t.id FROM (SELECT id, user_id FROM calls ORDER BY started_at DESC, id LIMIT 100) t WHERE t.user_id = :user_id',
  ],
  'month report': [
    { user_id: 'uuid', month: 'text' },
    `SELECT count(*) AS calls FROM calls WHERE user_id = :user_id AND to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM') = :month`,
  ],
  'calls today': [
    { user_id: 'uuid' },
    'SELECT count(*) AS calls FROM calls WHERE user_id = :user_id AND started_at >= current_date',
  ],
  'users of a plan': [{ plan: 'text' }, 'SELECT count(*) AS users FROM users WHERE plan = :plan'],
  'value by plan': [
    { plan: 'text' },
    `SELECT sum(l.value) AS value FROM users u JOIN agents a ON a.user_id = u.id JOIN leads l ON l.agent_id = a.id WHERE u.plan = :plan AND l.stage = 'won'`,
  ],
  'my role': [{ user_id: 'uuid' }, 'SELECT name, current_user AS role FROM users WHERE id = :user_id'],
  'company overview': [
    {},
    `SELECT (SELECT count(*) FROM users) AS users, (SELECT sum(value) FROM leads WHERE stage = 'won') AS won`,
  ],
}
