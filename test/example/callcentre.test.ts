import { readdir, readFile } from 'node:fs/promises'
import test from 'ava'
import { changedKeys, compileRules } from 'stalemate'

// How an application tests its own rules: compile them, and ask what a change of a row makes wrong.

const ADA = '11111111-0000-4000-8000-000000000000'
const BOB = '22222222-0000-4000-8000-000000000000'
const AGENT = '33333333-0000-4000-8000-000000000000'

async function readRules(): Promise<Record<string, string>> {
  const folder = new URL('../../../rules/', import.meta.url)
  const files = await readdir(folder)
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [`rules/${file}`, await readFile(new URL(file, folder), 'utf8')] as const),
    ),
  )
}

/** What PostgreSQL has been asked about the queries of caches, so that the tests need no database. */
const LOCK = new URL('../../../generated/queries.lock.json', import.meta.url)

async function compile() {
  return await compileRules(await readRules(), { queries: await readFile(LOCK, 'utf8') })
}

async function compilePlan() {
  const { plan, diagnostics } = await compile()
  if (plan === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join('\n'))
  return plan
}

test('the rules compile without a warning', async (t) => {
  t.deepEqual((await compile()).diagnostics, [])
})

test('a call that moves to another user changes both dashboards and the reports of both', async (t) => {
  const call = { agent_id: AGENT, status: 'queued', duration: 0, started_at: '2026-03-01' }
  const { keys } = changedKeys(await compilePlan(), {
    table: 'calls',
    op: 'update',
    old: { ...call, user_id: ADA },
    new: { ...call, user_id: BOB },
  })
  t.deepEqual(keys, [`dashboard:${ADA}`, `dashboard:${BOB}`, `report:${ADA}:*`, `report:${BOB}:*`].sort())
})

test('a call that is completed changes the performance of its agent, one that rings does not', async (t) => {
  const plan = await compilePlan()
  const call = { user_id: ADA, agent_id: AGENT, duration: 0, started_at: '2026-03-01' }
  const change = (from: string, to: string) =>
    changedKeys(plan, {
      table: 'calls',
      op: 'update',
      old: { ...call, status: from },
      new: { ...call, status: to },
    }).keys
  t.true(change('active', 'completed').includes(`agent:${AGENT}:performance`))
  t.false(change('queued', 'active').includes(`agent:${AGENT}:performance`))
})

test('seeing a user changes nothing', async (t) => {
  const user = { id: ADA, name: 'Ada', email: 'ada@example.com', plan: 'free' }
  const { keys } = changedKeys(await compilePlan(), {
    table: 'users',
    op: 'update',
    old: { ...user, last_seen_at: '2026-03-01' },
    new: { ...user, last_seen_at: '2026-03-02' },
  })
  t.deepEqual(keys, [])
})

test('a lead says which agent it belongs to, and the agent whose dashboard that is', async (t) => {
  const plan = await compilePlan()
  const lead = { id: BOB, agent_id: AGENT, user_id: ADA, name: 'Grace', stage: 'new', value: 100 }
  const { keys, links } = changedKeys(plan, { table: 'leads', op: 'insert', new: lead })
  t.deepEqual(keys, [`agent:${AGENT}:leads`])
  t.deepEqual(links, [{ cache: 'dashboard', path: `agents.id = ${AGENT} → user_id`, values: [AGENT] }])
  const agent = { id: AGENT, user_id: ADA, name: 'Joan', active: false }
  const moved = changedKeys(plan, {
    table: 'agents',
    op: 'update',
    old: agent,
    new: { ...agent, user_id: BOB },
  })
  t.deepEqual(moved.keys, [`dashboard:${ADA}`, `dashboard:${BOB}`])
})
