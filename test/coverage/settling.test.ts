import test from 'ava'
import type { Client } from 'pg'
import { readCoverage, type Query, readTables } from '../../src/coverage/read-coverage.ts'
import { type Coverage, createCoverage } from '../../src/coverage/settling.ts'
import { emitStrings } from '../helpers/emit-strings.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { buildManifest } from '../../src/emit/manifest.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { describe, listenTo } from '../helpers/installation.ts'
import { cacheRule, makePlan, makeRuleset, tableRule } from '../helpers/plans.ts'
import type { Test } from '../helpers/test.ts'

const caches = [cacheRule('board', 'board:{user_id}', {}), cacheRule('wall', 'wall:{user_id}', {})]
const watch = (cache: string) => tableRule({ table: 'calls', cache, params: { user_id: 'user_id' } })
const before = makePlan(caches, [watch('board')])
const after = makePlan(caches, [watch('board'), watch('wall')])

const TABLES = `CREATE TABLE calls (user_id text, status text); INSERT INTO calls VALUES ('a', 'old')`

function compile(plan: Plan, previous?: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return emitStrings(plan, { ruleset: makeRuleset([], []), schema: {}, sources: ['rules.yaml'], previous })
}

const first = compile(before)
const second = compile(after, first)
const FIRST = first.get('migrations/0001_initial.up.sql') ?? ''
const [, SECOND = ''] = [...second].find(([path]) => /0002.*up\.sql$/.test(path)) ?? []

/** How an instance may judge that what is installed covers its caches. */
type Judge = (query: Query, manifest: Manifest) => Coverage

/** The mutants: what one would write first. */
const atOnce: Judge = (query, manifest) => ({ look: async () => await readCoverage(query, manifest) })

/** Waits for transactions that are older than the one that installed. */
const byInstaller: Judge = (query, manifest) => ({
  async look() {
    const uncovered = await readCoverage(query, manifest)
    const installers = (await readTables(query, manifest)).flatMap((table) => table.installers)
    const running = await readRunning(query)
    return running.some((xid) => xid < Math.max(...installers.map(Number))) ? SETTLING : uncovered
  },
})

/** Waits for all transactions of the time of the first look, as far as they have an id. */
const byTransactionId: Judge = (query, manifest) => ({
  async look() {
    const uncovered = await readCoverage(query, manifest)
    return (await readRunning(query)).length > 0 ? SETTLING : uncovered
  },
})

const SETTLING = [{ table: 'calls', trigger: '', reason: 'settling' }] as const

/** Ids of the transactions of this database; `pg_current_snapshot()` tells of others too. */
async function readRunning(query: Query): Promise<readonly number[]> {
  const { rows } = await query(
    `SELECT backend_xid::text AS xid FROM pg_stat_activity
     WHERE datname = current_database() AND backend_xid IS NOT NULL`,
    [],
  )
  return rows.map(({ xid }) => Number(xid))
}

type Stage = { readonly database: TestDatabase; readonly deployer: Client; readonly writer: Client }

async function setStage(t: Test): Promise<Stage> {
  const database = await createDatabase(t, { template: `${TABLES}; ${FIRST}` })
  return { database, deployer: await database.connect(), writer: await database.connect() }
}

const UPDATE = `UPDATE calls SET status = 'new' WHERE user_id = $1`

/** The writer's statement with a plan that the server keeps: it is not parsed anew. */
const kept = (value: string) => ({ name: 'update', text: UPDATE, values: [value] })

/** An order in which a deploy meets a writer: what happens before the new plan is seen, and what between that and the commit. */
type Order = {
  readonly before: (stage: Stage) => Promise<unknown>
  readonly after?: (stage: Stage) => Promise<unknown>
}

const ORDERS = {
  'a writer that has written before the deploy begins': {
    async before({ deployer, writer }) {
      await writer.query('BEGIN')
      await writer.query(UPDATE, ['a'])
      await deployer.query(SECOND)
    },
  },
  'a writer that writes while the deploy is under way': {
    async before({ deployer, writer }) {
      await deployer.query('BEGIN')
      await deployer.query(SECOND)
      await writer.query('BEGIN')
      await writer.query(UPDATE, ['a'])
      await deployer.query('COMMIT')
    },
  },
  'a writer that has fired the old trigger for no row, and fires it for one later': {
    async before({ deployer, writer }) {
      // The sixth execution has a plan for all values, which is not looked at again.
      for (let round = 0; round < 6; round += 1) await writer.query(kept('nobody'))
      await writer.query('BEGIN')
      await writer.query(kept('nobody'))
      await deployer.query(SECOND)
    },
    after: ({ writer }) => writer.query(kept('a')),
  },
} satisfies Readonly<Record<string, Order>>

/**
 * Plays one order with an instance that holds the value of `wall` as soon as it may: whether it would serve the old value
 * once the writer has committed.
 */
async function isStale(t: Test, order: Order, judge: Judge): Promise<boolean> {
  const stage = await setStage(t)
  const { database, writer } = stage
  const query: Query = (text, values) => database.query(text, [...values])
  const coverage = judge(query, buildManifest(after))
  const heard = await listenTo(database, after.channel)
  await order.before(stage)
  const covered = (await coverage.look()).length === 0
  const read = async () =>
    (await database.query<{ status: string }>('SELECT status FROM calls')).rows[0]?.status
  const held = covered ? await read() : undefined
  await heard()
  await order.after?.(stage)
  await writer.query('COMMIT')
  const isTold = describe(await heard()).includes('update wall user_id=a')
  return held !== undefined && held !== (await read()) && !isTold
}

for (const [title, order] of Object.entries<Order>(ORDERS)) {
  test(`${title} is waited for before the new plan is trusted, and one that came later is not`, async (t) => {
    const stage = await setStage(t)
    const query: Query = (text, values) => stage.database.query(text, [...values])
    const coverage = createCoverage(query, buildManifest(after))
    t.true((await coverage.look()).every(({ reason }) => reason === 'changed'))
    await order.before(stage)
    const found = await coverage.look()
    t.deepEqual([...new Set(found.map(({ reason }) => reason))], ['settling'])
    t.is(found.length, 4)
    await order.after?.(stage)
    const late = await stage.database.connect()
    await late.query(`BEGIN; UPDATE calls SET status = 'late' WHERE user_id = 'nobody'`)
    t.is((await coverage.look()).length, 4)
    await stage.writer.query('COMMIT')
    t.deepEqual(await coverage.look(), [])
    await late.query('COMMIT')
  })

  test(`${title} leaves nobody with an old value`, async (t) => {
    t.false(await isStale(t, order, createCoverage))
  })
}

test('a judge that trusts a new plan at once serves an old value', async (t) => {
  t.true(await isStale(t, ORDERS['a writer that has written before the deploy begins'], atOnce))
})

test('a judge that waits for transactions older than the deploy serves an old value', async (t) => {
  t.true(await isStale(t, ORDERS['a writer that writes while the deploy is under way'], byInstaller))
})

test('a judge that waits for transactions that have an id serves an old value', async (t) => {
  const order = ORDERS['a writer that has fired the old trigger for no row, and fires it for one later']
  t.true(await isStale(t, order, byTransactionId))
})
