import test from 'ava'
import { createDashboard } from '../../src/dashboard/create-dashboard.ts'
import type { ShownRule } from '../../src/dashboard/shown-rule.ts'
import type { PageState } from '../../src/dashboard/state.ts'
import type { ShownWarming } from '../../src/dashboard/warming.ts'
import type { Explanation } from '../../src/explain/explanation.ts'
import { createClock } from '../helpers/clock.ts'
import { createBench } from './bench.ts'
import { COMPILED, createFakeApp, readRules, USER } from './fake-app.ts'

test('the state has the ruleset, what happened and what is true now, and no value', async (t) => {
  const { get, change, emitter, clock, counters } = createBench(t)
  change('calls', 'dashboard')
  change('calls', 'dashboard')
  emitter.emit('gap', { cause: 'disconnect', epoch: 2, count: 1 })
  const counter = counters['dashboard']
  if (counter !== undefined) Object.assign(counter, { hits: 9, misses: 1, loads: 1, loadTime: 20 })
  clock.advance(5_000)
  const state = (await (await get('/api/state')).json()) as PageState
  t.is(state.ruleset, 'callcentre')
  t.true(state.edges.some(([table, cache]) => table === 'calls' && cache === 'dashboard'))
  t.deepEqual(state.traffic, [['calls', 'dashboard', 2]])
  t.is(state.changes[0]?.sample[0], `dashboard ${USER}`)
  t.like(state.gaps[0], { cause: 'disconnect', epoch: 2 })
  t.deepEqual(state.points[0]?.caches['dashboard'], { hits: 9, misses: 1, loads: 1, loadTime: 20 })
  const entries = await (await get('/api/entries')).text()
  t.false(entries.includes('secret value'))
})

test('entries are found by cache and by a part of a param', async (t) => {
  const { get } = createBench(t)
  const find = async (query: string): Promise<{ entries: { cache: string }[]; complete: boolean }> =>
    (await (await get(`/api/entries?${query}`)).json()) as never
  t.is((await find('cache=dashboard')).entries.length, 30)
  t.is((await find(`cache=dashboard&search=${USER.slice(0, -2).toUpperCase()}17`)).entries.length, 1)
  t.deepEqual(await find('search=nobody'), { entries: [], complete: true })
  const all = await find('')
  t.true(new Set(all.entries.map(({ cache }) => cache)).size > 3)
})

test('a table is explained by rule, line and SQL where the rules are given', async (t) => {
  const { get } = createBench(t, { rules: readRules(), compiled: COMPILED })
  const explanation = (await (await get('/api/explain?target=calls')).json()) as Explanation
  t.true(explanation.ok)
  if (!explanation.ok) return
  const [answer] = explanation.answers
  t.regex(answer?.reasons[0]?.rule.file ?? '', /^rules\/\w+\.yaml$/)
  t.true((answer?.sql.length ?? 0) > 0)
  const unknown = (await (await get('/api/explain?target=nobody')).json()) as Explanation
  t.false(unknown.ok)
  t.is((await createBench(t).get('/api/explain?target=calls')).status, 404)
})

test('operations are shown with what they came to: those under way, then the latest that are over', async (t) => {
  const { get, operations } = createBench(t)
  const operation = {
    kind: 'refresh',
    cause: 'read',
    cache: 'dashboard',
    priority: 'high',
    attempts: 1,
    queuedAt: 1,
  } as const
  const over = Array.from({ length: 80 }, (_, n) => ({ ...operation, id: 80 - n, state: 'done', startedAt: 5, endedAt: 25 } as const)) // prettier-ignore
  operations.push(
    { ...operation, id: 82, state: 'running', startedAt: 5 },
    { ...operation, id: 83, state: 'queued' },
    { ...operation, id: 81, state: 'failed', startedAt: 5, endedAt: 6, error: new Error('down') },
    ...over,
  )
  const state = (await (await get('/api/state')).json()) as PageState
  t.deepEqual(state.work, { running: 1, queued: 1 })
  t.is(state.operations.length, 52)
  t.deepEqual(
    state.operations.slice(0, 4).map(({ id, error, took }) => [id, error, took]),
    [
      [82, undefined, undefined],
      [83, undefined, undefined],
      [81, 'down', 1],
      [80, undefined, 20],
    ],
  )
})

test('a warming set is shown with its occasions, its last run and its next', async (t) => {
  const fake = createFakeApp()
  const clock = createClock()
  const run = {
    kind: 'warm',
    cause: 'startup',
    cache: 'dashboard',
    set: 'active-dashboards',
    priority: 'high',
    attempts: 1,
  } as const
  const progress = { loaded: 40, skipped: 2, failed: 0 }
  fake.operations.push({ ...run, id: 1, state: 'done', progress, queuedAt: 100, endedAt: 600 })
  const dashboard = createDashboard(fake.app, { clock })
  t.teardown(() => dashboard.close())
  await import('cron-parser')
  const read = async (): Promise<readonly ShownWarming[]> => {
    const response = await dashboard.fetch(new Request('http://localhost/api/state'))
    return ((await response.json()) as PageState).warming
  }
  const [active, best] = await read()
  t.like(active, { name: 'active-dashboards', cache: 'dashboard', occasions: ['startup', '*/30 * * * *'] })
  t.like(active?.last, { cause: 'startup', state: 'done', progress, took: 500 })
  const next = new Date(active?.next ?? 0)
  t.is(next.getMinutes() % 30, 0)
  t.true(next.getTime() > Date.now() && next.getTime() <= Date.now() + 1_800_000)
  t.like(best, { name: 'best-agents', occasions: [], last: undefined, next: undefined })

  const second = { ...run, id: 2, cause: 'demand', queuedAt: 700 } as const
  fake.operations.unshift({ ...second, state: 'running', progress: { loaded: 5, skipped: 0, failed: 0 } })
  t.deepEqual((await read())[0]?.running, { loaded: 5, skipped: 0, failed: 0 })
  fake.operations.shift()
  fake.emitter.emit('operation', { ...second, state: 'failed', endedAt: 900, error: new Error('no table') })
  const [failed] = await read()
  t.is(failed?.running, undefined)
  t.like(failed?.last, { cause: 'demand', state: 'failed', error: 'no table', took: 200 })
})

test('an entry is inspected by its params, read by their types', async (t) => {
  const { get } = createBench(t)
  const inspect = async (cache: string, params: string): Promise<Response> =>
    await get(`/api/inspect?cache=${cache}&params=${encodeURIComponent(params)}`)
  const held = await inspect('dashboard', JSON.stringify({ user_id: `${USER.slice(0, -2)}10` }))
  t.like(await held.json(), { state: 'held', reads: 4 })
  const gone = await inspect('dashboard', JSON.stringify({ user_id: USER }))
  t.like(await gone.json(), { state: 'absent', previous: { cause: 'invalidated', by: { table: 'calls' } } })
  t.is((await inspect('constructor', '{}')).status, 404)
  t.is((await inspect('dashboard', '[]')).status, 400)
  t.is((await inspect('dashboard', 'no json')).status, 400)
})

test('every rule is listed with its place, by the table that changes', async (t) => {
  const { get } = createBench(t, { rules: readRules(), compiled: COMPILED })
  const rules = (await (await get('/api/rules')).json()) as readonly ShownRule[]
  const rule = rules.find(({ table, cache }) => table === 'calls' && cache === 'agent_performance')
  t.regex(rule?.place ?? '', /^rules\/calls\.yaml:\d+$/)
  t.true(rule?.operations.includes('update'))
  t.true(rules.some(({ table, cache }) => table === 'agents' && cache === 'dashboard'))
})
