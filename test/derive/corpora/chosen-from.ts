/**
 * What the outcome of a dashboard query is chosen from, where it is: the same query with each choice opened. LIMIT and DISTINCT ON
 * are left out, and what is ordered by is shown. EXISTS, IN and joins show the rows that they look for, and where they
 * look in vain; so do NOT EXISTS, NOT IN and the outer join that looks for nothing. That is as much as can be known of a
 * change by looking at the changed row and what it leads to: which other rows there are, no trigger can see.
 */
export const CHOSEN_FROM: Readonly<Record<string, string>> = {
  'last calls': 'SELECT id, status, duration, started_at FROM calls WHERE user_id = :user_id',
  'agents without calls':
    'SELECT a.id, a.name, c.id AS call FROM agents a LEFT JOIN calls c ON c.agent_id = a.id WHERE a.user_id = :user_id',
  'idle agents by outer join':
    'SELECT a.id, c.id AS call FROM agents a LEFT JOIN calls c ON c.agent_id = a.id WHERE a.user_id = :user_id',
  'agent of the most calls':
    'SELECT a.id, a.name, count(c.id) AS calls FROM agents a LEFT JOIN calls c ON c.agent_id = a.id WHERE a.user_id = :user_id GROUP BY a.id',
  'open value': `SELECT a.id, sum(l.value) AS value FROM agents a LEFT JOIN leads l ON l.agent_id = a.id AND l.stage NOT IN ('won', 'lost') WHERE a.user_id = :user_id GROUP BY a.id`,
  'leads by stage':
    'SELECT a.id, l.stage, count(l.id) AS leads FROM agents a LEFT JOIN leads l ON l.agent_id = a.id WHERE a.user_id = :user_id GROUP BY a.id, l.stage',
  'best lead of each agent':
    'SELECT a.id, l.id AS lead, l.name, l.value FROM agents a LEFT JOIN leads l ON l.agent_id = a.id WHERE a.user_id = :user_id',
  'agents with won leads': `SELECT a.id, a.name, l.id AS lead FROM agents a LEFT JOIN leads l ON l.agent_id = a.id AND l.stage = 'won' WHERE a.user_id = :user_id`,
  'agents that lost nothing': `SELECT a.id, a.name, l.id AS lead FROM agents a LEFT JOIN leads l ON l.agent_id = a.id AND l.stage = 'lost' WHERE a.user_id = :user_id`,
  'activity feed':
    'SELECT c.id, c.started_at AS at, c.agent_id AS agent FROM calls c WHERE c.user_id = :user_id UNION ALL SELECT l.id, NULL, a.id FROM agents a LEFT JOIN leads l ON l.agent_id = a.id WHERE a.user_id = :user_id',
  'value by plan': `SELECT u.id, a.id AS agent, sum(l.value) AS value FROM users u LEFT JOIN agents a ON a.user_id = u.id LEFT JOIN leads l ON l.agent_id = a.id AND l.stage = 'won' WHERE u.plan = :plan GROUP BY u.id, a.id`,
}
