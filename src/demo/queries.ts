/** What a cache of the demo holds, as SQL over params `p`, one column for each. */
export type CacheQuery = {
  readonly params: readonly { readonly name: string; readonly type: 'uuid' | 'text' }[]
  /** At most one row. */
  readonly select: string
}

const user = { name: 'user_id', type: 'uuid' } as const
const agent = { name: 'agent_id', type: 'uuid' } as const
const month = { name: 'month', type: 'text' } as const

/** What the caches of `rules/` hold, also those with a query of their own: whoever judges does not ask the judged. */
export const QUERIES: Readonly<Record<string, CacheQuery>> = {
  dashboard: {
    params: [user],
    select: `
      SELECT u.name, c.calls, c.minutes, c.waiting, l.open_value
      FROM users u,
        LATERAL (SELECT count(*) AS calls, coalesce(sum(duration), 0) / 60 AS minutes,
                        count(*) FILTER (WHERE status = 'waiting') AS waiting
                 FROM calls WHERE user_id = u.id) c,
        LATERAL (SELECT coalesce(sum(value), 0) AS open_value
                 FROM leads JOIN agents ON agents.id = leads.agent_id
                 WHERE agents.user_id = u.id AND stage NOT IN ('won', 'lost')) l
      WHERE u.id = p.user_id`,
  },
  user_profile: {
    params: [user],
    select: `
      SELECT u.name, u.email, u.plan,
             (SELECT count(*) FROM agents a WHERE a.user_id = u.id AND a.active) AS active_agents
      FROM users u WHERE u.id = p.user_id`,
  },
  report: {
    params: [user, month],
    select: `
      SELECT u.name, u.plan, c.calls, c.completed, c.seconds
      FROM users u,
        LATERAL (SELECT count(*) AS calls, count(*) FILTER (WHERE status = 'completed') AS completed,
                        coalesce(sum(duration), 0) AS seconds
                 FROM calls
                 WHERE user_id = u.id AND to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM') = p.month) c
      WHERE u.id = p.user_id`,
  },
  agent_performance: {
    params: [agent],
    select: `
      SELECT a.name, c.completed, c.seconds
      FROM agents a,
        LATERAL (SELECT count(*) AS completed, coalesce(sum(duration), 0) AS seconds
                 FROM calls WHERE agent_id = a.id AND status = 'completed') c
      WHERE a.id = p.agent_id`,
  },
  agent_leads: {
    params: [agent],
    select: `
      SELECT a.name,
             (SELECT jsonb_object_agg(stage, leads) FROM (
                SELECT stage, jsonb_agg(jsonb_build_array(name, value) ORDER BY id) AS leads
                FROM leads WHERE agent_id = a.id GROUP BY stage) s) AS leads
      FROM agents a WHERE a.id = p.agent_id`,
  },
  overview: {
    params: [],
    select: `
      SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM agents) AS agents,
             (SELECT coalesce(sum(value), 0) FROM leads WHERE stage = 'won') AS won_value,
             (SELECT jsonb_object_agg(status, number)
              FROM (SELECT status, count(*) AS number FROM calls GROUP BY status) s) AS calls`,
  },
}

/** SQL for the value of one entry: its params are $1, $2, ...; the value is JSON, null where nothing is found. */
export function queryOne({ params, select }: CacheQuery): string {
  const columns = params.map(({ name, type }, index) => `$${index + 1}::${type} AS ${name}`)
  const source = columns.length === 0 ? '(SELECT)' : `(SELECT ${columns.join(', ')})`
  return `SELECT to_jsonb(v) AS value FROM ${source} AS p LEFT JOIN LATERAL (${select}) AS v ON true`
}

/** SQL for the values of many entries, in their order: $1, $2, ... are arrays with an element for each entry. */
export function queryMany({ params, select }: CacheQuery): string {
  const arrays = params.map(({ type }, index) => `$${index + 1}::${type}[]`)
  const names = params.map(({ name }) => `${name}, `)
  const source =
    arrays.length === 0
      ? '(SELECT 1) AS p (place)'
      : `unnest(${arrays.join(', ')}) WITH ORDINALITY AS p (${names.join('')}place)`
  return `SELECT to_jsonb(v) AS value FROM ${source} LEFT JOIN LATERAL (${select}) AS v ON true ORDER BY p.place`
}
