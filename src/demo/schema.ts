import { createHash } from 'node:crypto'

export const TABLES = ['users', 'agents', 'leads', 'calls'] as const
export type TableName = (typeof TABLES)[number]

/** How many rows the demo begins with. */
export const ROWS: Readonly<Record<TableName, number>> = {
  users: 200,
  agents: 600,
  leads: 8000,
  calls: 40_000,
}

export const PLANS = ['basic', 'team', 'business'] as const
export const STAGES = ['new', 'contacted', 'qualified', 'won', 'lost'] as const
export const STATUSES = ['waiting', 'ringing', 'talking', 'completed', 'missed'] as const

/** The first of the three months in which the calls were made. */
const FIRST_DAY = '2026-01-01'
export const MONTHS = ['2026-01', '2026-02', '2026-03'] as const

/** The id of the row number `number`, counted from 1: known without asking the database. */
export function rowId(table: TableName, number: number): string {
  const hex = createHash('md5').update(`${table}:${number}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The tables of a call centre, in the first schema of the search path. */
export const CREATE_TABLES = `
CREATE TABLE users (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  plan text NOT NULL,
  last_seen_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE TABLE agents (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON UPDATE CASCADE ON DELETE CASCADE,
  name text NOT NULL,
  active boolean NOT NULL
);
CREATE TABLE leads (
  id uuid PRIMARY KEY,
  agent_id uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON UPDATE CASCADE ON DELETE CASCADE,
  name text NOT NULL,
  stage text NOT NULL,
  value int NOT NULL
);
CREATE TABLE calls (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON UPDATE CASCADE ON DELETE CASCADE,
  agent_id uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
  lead_id uuid REFERENCES leads ON DELETE SET NULL,
  status text NOT NULL,
  duration int NOT NULL,
  started_at timestamptz NOT NULL
);
CREATE INDEX ON agents (user_id);
CREATE INDEX ON leads (agent_id);
CREATE INDEX ON leads (user_id);
CREATE INDEX ON calls (user_id, started_at);
CREATE INDEX ON calls (agent_id);
CREATE INDEX ON calls (lead_id);
`

const id = (table: TableName, number: string): string => `md5('${table}:' || (${number}))::uuid`
const pick = (values: readonly string[], number: string): string =>
  `(ARRAY['${values.join("', '")}'])[1 + (${number}) % ${values.length}]`

/** The agent of lead or call `n`, and the user of agent `a`: rows are dealt out in turn. */
const agentOf = (n: string): string => `1 + (${n} - 1) % ${ROWS.agents}`
const userOf = (a: string): string => `1 + (${a} - 1) % ${ROWS.users}`
const userOfRow = (n: string): string => userOf(`(${agentOf(n)})`)
/** Of the leads of the agent of call `n`, one after the other. */
const leadOf = `${agentOf('n')} + ${ROWS.agents} * ((n / ${ROWS.agents}) % ${Math.floor(ROWS.leads / ROWS.agents)})`

/** Fills the tables; two runs give the same rows. */
export const FILL_TABLES = `
INSERT INTO users
SELECT ${id('users', 'n')}, 'User ' || n, 'user' || n || '@example.com', ${pick(PLANS, 'n')},
       '${FIRST_DAY} 00:00Z'::timestamptz + n * interval '7 hours', '2025-01-01 00:00Z'
FROM generate_series(1, ${ROWS.users}) AS n;
INSERT INTO agents
SELECT ${id('agents', 'n')}, ${id('users', userOf('n'))}, 'Agent ' || n, n % 5 <> 0
FROM generate_series(1, ${ROWS.agents}) AS n;
INSERT INTO leads
SELECT ${id('leads', 'n')}, ${id('agents', agentOf('n'))}, ${id('users', userOfRow('n'))}, 'Lead ' || n,
       ${pick(STAGES, 'n / 7')}, 100 + (n * 37) % 900
FROM generate_series(1, ${ROWS.leads}) AS n;
INSERT INTO calls
SELECT ${id('calls', 'n')}, ${id('users', userOfRow('n'))}, ${id('agents', agentOf('n'))},
       CASE WHEN n % 5 > 0 THEN ${id('leads', leadOf)} END, ${pick(STATUSES, 'n / 11')}, (n * 53) % 900,
       '${FIRST_DAY} 00:00Z'::timestamptz + (n * 7919 % 129600) * interval '1 minute'
FROM generate_series(1, ${ROWS.calls}) AS n;
`
