import test from 'ava'
import { compileRules } from '../src/compile.ts'
import { buildManifest } from '../src/emit/manifest.ts'
import { changedKeys } from '../src/plan/changed-keys.ts'
import { install } from './helpers/installation.ts'
import { describeWrong, resolvePayloads } from './helpers/resolve-links.ts'

const RULES = `
version: 1
name: shop
feed: notify
caches:
  team_month:
    key: team:{team_id}:{month}
    params: { team_id: int, month: text }
  team:
    key: team:{team_id}
    params: { team_id: int }
    max-keys: 2
tables:
  sales.calls:
    - invalidate: team_month
      via:
        - agents ON agents.id = calls.agent_id
        - sales."Teams" t ON t.id = agents.team_id AND t.tenant = sales.calls.tenant
      with: { team_id: t.id, month: calls.started_month }
    - invalidate: team:{t}
      via: agents ON agents.id = calls.agent_id
      with: { t: public.agents.team_id }
      columns: [status]
  agents:
    - refresh: team
      via: agents AS lead ON lead.id = agents.lead_id
      with: { team_id: lead.team_id }
      columns: [name]
`

const TABLES = `
  CREATE SCHEMA sales;
  CREATE TABLE agents (id int, team_id int, lead_id int, name text);
  CREATE TABLE sales."Teams" (id int, tenant text);
  CREATE TABLE sales.calls (agent_id int, tenant text, started_month text, status text);
  INSERT INTO agents VALUES (1, 10, NULL, 'Ann'), (2, 20, 1, 'Bob'), (3, 30, NULL, 'Cem');
  INSERT INTO sales."Teams" VALUES (10, 'x'), (20, 'y');
  INSERT INTO sales.calls VALUES (1, 'x', '2026-01', 'done'), (2, 'x', '2026-01', 'done');
`

const cases: readonly (readonly [title: string, run: string, wrong: readonly string[]])[] = [
  [
    'a row of the rule’s own table',
    `INSERT INTO sales.calls VALUES (1, 'x', '2026-02', 'new'), (2, 'x', '2026-03', 'new')`,
    ['team team_id=10', 'team team_id=20', 'team_month team_id=10,month=2026-02'],
  ],
  [
    'a column that only one rule reads',
    `UPDATE sales.calls SET status = 'lost' WHERE agent_id = 1`,
    ['team team_id=10', 'team_month team_id=10,month=2026-01'],
  ],
  [
    'a row in the middle of a path, which is joined with itself as well',
    `UPDATE agents SET team_id = 20 WHERE id = 1`,
    ['team team_id=10', 'team team_id=20', 'team_month team_id=10', 'team_month team_id=20'],
  ],
  ['a row that is joined with itself', `UPDATE agents SET name = 'Ben' WHERE id = 2`, ['team team_id=10']],
  [
    'a row at the end of a path',
    `UPDATE sales."Teams" SET tenant = 'z' WHERE id = 10`,
    ['team_month team_id=10'],
  ],
  [
    'more keys than the cache allows',
    `DELETE FROM agents`,
    ['team!', 'team_month team_id=10', 'team_month team_id=20'],
  ],
]

for (const [title, run, wrong] of cases) {
  test(`rule text with "via" tells what is wrong after a change: ${title}`, async (t) => {
    const { plan, diagnostics } = await compileRules({ 'shop.yaml': RULES })
    t.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    )
    if (plan === undefined) return
    const { database, payloadsOf } = await install(t, plan, TABLES)
    const payloads = await payloadsOf(run)
    const reader = await database.connect()
    t.deepEqual(describeWrong(await resolvePayloads(reader, buildManifest(plan), payloads)), wrong)
  })
}

test('changedKeys answers for rule text with "via"', async (t) => {
  const { plan } = await compileRules({ 'shop.yaml': RULES })
  if (plan === undefined) return t.fail()
  const row = { agent_id: 1, tenant: 'x', started_month: '2026-01', status: 'new' }
  t.deepEqual(changedKeys(plan, { table: 'sales.calls', op: 'insert', new: row }).links, [
    { cache: 'team', path: 'agents.id = 1 → team_id', values: ['1'] },
    {
      cache: 'team_month',
      path: 'agents.id = 1 → t.id = agents.team_id and t.tenant = x → team_id',
      values: ['1', 'x', '2026-01'],
    },
  ])
})
