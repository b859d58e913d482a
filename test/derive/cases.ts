/** Tables of the cases below. */
export const CASE_SCHEMA = `
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, team int);
CREATE TABLE agents (id int PRIMARY KEY, user_id int, boss int, active boolean NOT NULL);
CREATE TABLE calls (id int PRIMARY KEY, user_id int, agent_id int NOT NULL, status text NOT NULL, duration int NOT NULL, at date);
CREATE VIEW done AS SELECT c.id, c.user_id, c.duration FROM calls c WHERE c.status = 'done';
`

/** What is derived, by query over \`:u\`, some also over \`:w\` and \`:z\`: each stands for a rule of the derivation, or for a short cut that would be unsound. */
export const CASES: Readonly<Record<string, readonly [sql: string, ...expected: string[]]>> = {
  'an equality closed over spares the path': [
    'SELECT u.name, c.id FROM users u JOIN calls c ON c.user_id = u.id WHERE u.id = :u',
    'c(id,user_id) u=user_id',
    'u(id,name) u=id',
  ],
  'a path crosses other tables, and both are watched': [
    'SELECT c.id FROM calls c JOIN agents a ON a.id = c.agent_id WHERE a.user_id = :u',
    'a(id,user_id) u=user_id',
    'c(agent_id,id) u=agents.user_id via agents ON id=agent_id',
  ],
  'constants are conditions': [
    `SELECT id FROM calls WHERE user_id = :u AND status IN ('done', 'lost') AND duration > 5`,
    `calls(duration,id,status,user_id) u=user_id if (status IN (('done')::text, ('lost')::text)) AND (duration > 5)`,
  ],
  'ON binds the side that may be left out, and not the other': [
    'SELECT a.id, c.id AS call FROM agents a LEFT JOIN calls c ON c.agent_id = a.id AND a.user_id = :u',
    'a(id,user_id) u=?',
    'c(agent_id,id) u=agents.user_id via agents ON id=agent_id',
  ],
  'FULL JOIN binds neither side': [
    'SELECT a.id, c.id AS call FROM agents a FULL JOIN calls c ON c.agent_id = a.id AND a.user_id = :u AND c.user_id = :u',
    'a(id,user_id) u=?',
    'c(agent_id,id,user_id) u=?',
  ],
  'WHERE on a side that may be left out is a condition only if it needs the row': [
    'SELECT u.name FROM users u LEFT JOIN calls c ON c.user_id = u.id WHERE u.id = :u AND c.id IS NULL',
    'c(id,user_id) u=user_id',
    'u(id,name) u=id',
  ],
  'a condition that needs the row makes an outer join an inner one': [
    'SELECT a.id FROM agents a LEFT JOIN calls c ON c.agent_id = a.id WHERE c.user_id = :u AND c.duration > 3',
    'a(id) u=calls.user_id via calls ON agent_id=id',
    'c(agent_id,duration,user_id) u=user_id if (duration > 3)',
  ],
  'an OR that one part of needs no row leaves the outer join': [
    'SELECT u.id FROM users u LEFT JOIN agents a ON a.boss = u.id AND a.user_id = :u WHERE (a.active OR u.team = 3)',
    'a(active,boss,user_id) u=user_id',
    'u(id,team) u=?',
  ],
  'EXISTS binds what stands around it': [
    'SELECT a.id FROM agents a WHERE EXISTS (SELECT FROM calls c WHERE c.agent_id = a.id AND c.user_id = :u)',
    'a(id) u=calls.user_id via calls ON agent_id=id',
    'c(agent_id,user_id) u=user_id',
  ],
  'NOT EXISTS does not': [
    'SELECT a.id FROM agents a WHERE NOT EXISTS (SELECT FROM calls c WHERE c.agent_id = a.id AND c.user_id = :u)',
    'a(id) u=?',
    'c(agent_id,user_id) u=user_id',
  ],
  'EXISTS beside an OR does not': [
    'SELECT a.id FROM agents a WHERE (a.active OR EXISTS (SELECT FROM calls c WHERE c.agent_id = a.id AND c.user_id = :u))',
    'a(active,id) u=?',
    'c(agent_id,user_id) u=user_id',
  ],
  'IN binds both ways': [
    'SELECT c.id FROM calls c WHERE c.agent_id IN (SELECT a.id FROM agents a WHERE a.user_id = :u)',
    'a(id,user_id) u=user_id',
    'c(agent_id,id) u=agents.user_id via agents ON id=agent_id',
  ],
  'a NULL on a NOT IN path changes everyone': [
    'SELECT u.name FROM users u WHERE u.id = :u AND u.id NOT IN (SELECT a.user_id FROM agents a)',
    'a(user_id) u=?',
    'u(id,name) u=id',
  ],
  'NOT IN binds where nothing can be NULL': [
    'SELECT a.boss FROM agents a WHERE a.user_id = :u AND a.id NOT IN (SELECT c.agent_id FROM calls c)',
    'a(boss,id,user_id) u=user_id',
    'c(agent_id) u=agents.user_id via agents ON id=agent_id',
  ],
  'IN as a value tells NULL from false': [
    'SELECT u.team IN (SELECT a.boss FROM agents a) AS known FROM users u WHERE u.id = :u',
    'a(boss) u=?',
    'u(id,team) u=id',
  ],
  'a scalar subquery binds what is in it, and nothing around it': [
    'SELECT u.name, (SELECT max(c.id) FROM calls c WHERE c.user_id = u.id AND c.duration = :u) AS last FROM users u',
    'c(duration,id,user_id) u=duration',
    'u(id,name) u=?',
  ],
  'a grouping lets through what it groups by': [
    'SELECT t.n FROM (SELECT user_id, count(*) AS n FROM calls GROUP BY user_id) t WHERE t.user_id = :u',
    'calls(user_id) u=user_id',
  ],
  'and nothing else': [
    'SELECT t.n FROM (SELECT user_id, max(agent_id) AS n FROM calls GROUP BY user_id) t WHERE t.n = :u',
    'calls(agent_id,user_id) u=?',
  ],
  'grouping sets let through nothing': [
    'SELECT t.n FROM (SELECT user_id, count(*) AS n FROM calls GROUP BY ROLLUP (user_id)) t WHERE t.user_id = :u',
    'calls(user_id) u=?',
  ],
  'HAVING on a grouping column binds': [
    'SELECT user_id, count(*) AS n FROM calls GROUP BY user_id HAVING user_id = :u',
    'calls(user_id) u=user_id',
  ],
  'one row of numbers is there without rows that it is computed from': [
    'SELECT u.name, t.n FROM users u, LATERAL (SELECT count(*) AS n FROM calls c WHERE c.user_id = u.id AND c.agent_id = :u) t',
    'c(agent_id,user_id) u=agent_id',
    'u(id,name) u=?',
  ],
  'a LIMIT lets through nothing': [
    'SELECT t.id FROM (SELECT id, user_id FROM calls ORDER BY id LIMIT 3) t WHERE t.user_id = :u',
    'calls(id,user_id) u=?',
  ],
  'a condition inside of the LIMIT binds': [
    'SELECT id FROM calls WHERE user_id = :u ORDER BY id LIMIT 3',
    'calls(id,user_id) u=user_id',
  ],
  'DISTINCT ON lets through what it tells apart': [
    'SELECT t.id FROM (SELECT DISTINCT ON (user_id) user_id, id FROM calls ORDER BY user_id, id) t WHERE t.user_id = :u',
    'calls(id,user_id) u=user_id',
  ],
  'and not what it chooses by': [
    'SELECT t.id FROM (SELECT DISTINCT ON (agent_id) user_id, id FROM calls ORDER BY agent_id, id) t WHERE t.user_id = :u',
    'calls(agent_id,id,user_id) u=?',
  ],
  'a window lets through what it is partitioned by': [
    'SELECT t.n FROM (SELECT user_id, count(*) OVER (PARTITION BY user_id) AS n FROM calls) t WHERE t.user_id = :u',
    'calls(user_id) u=user_id',
  ],
  'and not what shares a partition': [
    'SELECT t.n FROM (SELECT user_id, count(*) OVER (PARTITION BY agent_id) AS n FROM calls) t WHERE t.user_id = :u',
    'calls(agent_id,user_id) u=?',
  ],
  'a UNION binds by corresponding columns': [
    'SELECT t.id FROM (SELECT id, user_id FROM calls UNION SELECT id, user_id FROM agents) t WHERE t.user_id = :u',
    'agents(id,user_id) u=user_id',
    'calls(id,user_id) u=user_id',
  ],
  'what one side of a UNION says does not hold for the other': [
    'SELECT x.name FROM users x JOIN (SELECT user_id FROM calls WHERE user_id = :u UNION SELECT boss FROM agents) t ON t.user_id = x.id',
    'agents(boss) u=?',
    'calls(user_id) u=user_id',
    'x(id,name) u=?',
  ],
  'EXCEPT takes away only what the other side has': [
    'SELECT user_id FROM calls WHERE user_id = :u EXCEPT SELECT user_id FROM agents',
    'agents(user_id) u=user_id',
    'calls(user_id) u=user_id',
  ],
  'what EXCEPT takes away leads over what it is taken from': [
    'SELECT agent_id FROM calls WHERE user_id = :u EXCEPT ALL SELECT id FROM agents WHERE active',
    'agents(active,id) u=calls.user_id via calls ON agent_id=id if active',
    'calls(agent_id,user_id) u=user_id',
  ],
  'what EXCEPT takes from does not lead over what it takes away': [
    'SELECT agent_id FROM calls EXCEPT SELECT id FROM agents WHERE user_id = :u',
    'agents(id,user_id) u=user_id',
    'calls(agent_id) u=?',
  ],
  'INTERSECT leads both ways': [
    'SELECT agent_id, user_id FROM calls WHERE user_id = :u INTERSECT SELECT id, boss FROM agents',
    'agents(boss,id) u=boss',
    'calls(agent_id,user_id) u=user_id',
  ],
  'for EXCEPT a NULL is a NULL, which no path finds': [
    'SELECT boss FROM agents WHERE id = :u EXCEPT SELECT user_id FROM calls',
    'agents(boss,id) u=id',
    'calls(user_id) u=?',
  ],
  'EXCEPT behind a LIMIT binds nothing': [
    'SELECT agent_id FROM calls WHERE user_id = :u EXCEPT (SELECT id FROM agents ORDER BY id LIMIT 3)',
    'agents(id) u=?',
    'calls(agent_id,user_id) u=user_id',
  ],
  'a self join is two occurrences': [
    'SELECT b.id FROM agents a JOIN agents b ON b.boss = a.id WHERE a.user_id = :u',
    'a(id,user_id) u=user_id',
    'b(boss,id) u=agents_2.user_id via agents_2 ON id=boss',
  ],
  'a view is read through': [
    'SELECT d.id FROM done d JOIN users u ON u.id = d.user_id WHERE u.id = :u',
    `c(id,status,user_id) u=user_id if (status = ('done')::text)`,
    'u(id) u=id',
  ],
  'another comparison binds nothing': ['SELECT id FROM calls WHERE user_id > :u', 'calls(id,user_id) u=?'],
  'an expression binds nothing': [
    'SELECT id FROM calls WHERE coalesce(user_id, 0) = :u',
    'calls(id,user_id) u=?',
  ],
  'a recursive query binds its beginning': [
    'WITH RECURSIVE r(id) AS (SELECT id FROM agents WHERE user_id = :u UNION SELECT a.id FROM agents a JOIN r ON a.boss = r.id) SELECT id FROM r',
    'a(boss,id) u=?',
    'agents(id,user_id) u=user_id',
  ],
  'a CTE is read anew at each reference': [
    'WITH t AS (SELECT * FROM calls) SELECT (SELECT count(*) FROM t WHERE t.user_id = :u) AS n, (SELECT max(t.id) FROM t WHERE t.agent_id = :u) AS m',
    'calls(user_id) u=user_id',
    'calls(agent_id,id) u=agent_id',
  ],
  'what an outer join may leave out binds nothing else': [
    'SELECT x.name FROM agents a LEFT JOIN calls c ON c.agent_id = a.id AND c.user_id = :u JOIN users x ON x.team = a.id',
    'a(id) u=?',
    'c(agent_id,user_id) u=user_id',
    'x(name,team) u=?',
  ],
  'a condition is that of its occurrence': [
    `SELECT a.id FROM calls a JOIN calls b ON b.agent_id = a.agent_id WHERE a.user_id = :u AND b.status = 'done'`,
    'a(agent_id,id,user_id) u=user_id',
    `b(agent_id,status) u=calls_2.user_id via calls_2 ON agent_id=agent_id if (status = ('done')::text)`,
  ],
  'two params in rows that lead to each other: one of them has both': [
    'SELECT c.id FROM calls c JOIN agents a ON a.id = c.agent_id WHERE a.user_id = :u AND c.duration = :w',
    'a(id,user_id) u=user_id w=?',
    'c(agent_id,duration,id) u=agents.user_id w=duration via agents ON id=agent_id',
  ],
  'each end of a path over a third table has its own param': [
    'SELECT c.id FROM calls c JOIN agents a ON a.id = c.agent_id JOIN users x ON x.id = c.user_id WHERE a.user_id = :u AND x.team = :w',
    'a(id,user_id) u=user_id w=?',
    'c(agent_id,id,user_id) u=agents.user_id w=users.team via agents ON id=agent_id, users ON id=user_id',
    'x(id,team) w=team u=?',
  ],
  'two tables that know different things do not find their params over each other': [
    'SELECT c.id FROM calls c JOIN (SELECT DISTINCT ON (a.id) a.id, a.user_id FROM agents a ORDER BY a.id) t ON t.id = c.agent_id JOIN users x ON x.id = t.user_id WHERE x.team = :u AND c.duration = :w',
    'a(id,user_id) w=calls.duration u=? via calls ON agent_id=id',
    'c(agent_id,duration,id) w=duration u=?',
    'x(id,team) u=team w=calls.duration via agents ON user_id=id, calls ON agent_id=agents.id',
  ],
  'a path to one param goes on to the other where nothing leads back': [
    'SELECT c.id FROM calls c JOIN agents a ON a.id = c.agent_id JOIN users x ON x.id = a.user_id WHERE x.team = :u AND a.boss = :w',
    'a(boss,id,user_id) u=users.team w=boss via users ON id=user_id',
    'c(agent_id,id) u=users.team w=agents.boss via agents ON id=agent_id, users ON id=agents.user_id',
    'x(id,team) u=team w=?',
  ],
  'three tables do not find their params in a ring': [
    'SELECT c.id FROM calls c JOIN agents a ON a.id = c.agent_id JOIN users x ON x.team = a.boss WHERE c.duration = :u AND c.user_id = :w AND a.user_id = :z AND x.id = :w',
    'a(boss,id,user_id) w=users.id z=user_id u=? via users ON team=boss',
    'c(agent_id,duration,id,user_id) u=duration w=user_id z=agents.user_id via agents ON id=agent_id',
    'x(id,team) w=id u=? z=?',
  ],
}
