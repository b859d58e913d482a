import test from 'ava'
import { buildManifest } from '../../src/emit/manifest.ts'
import type { Plan, Watch } from '../../src/plan/plan.ts'
import { cacheRule, makePlan, type RuleOptions, tableRule } from '../helpers/plans.ts'

const board = cacheRule('board', 'board:{user_id}', { user_id: 'int' })
const report = cacheRule('report', 'report:{user_id}:{team}:{kind}', {})

const leads: RuleOptions = {
  table: 'leads',
  cache: 'board',
  params: { user_id: 'agents.user_id' },
  via: ['agents ON agents.id = leads.agent_id'],
  columns: ['stage'],
  when: 'stage IS NOT NULL',
  reads: ['stage'],
  on: ['insert', 'update'],
}

function watchesOf(plan: Plan, table: string): readonly Watch[] {
  return plan.tables.find((planned) => planned.table.name === table)?.watches ?? []
}

test('a table on the path is watched for all operations, by its own columns, without the rule’s condition', (t) => {
  const plan = makePlan([board], [tableRule(leads)])
  const [lead] = watchesOf(plan, 'leads')
  const [agent, ...more] = watchesOf(plan, 'agents')
  t.deepEqual(lead?.columns, ['agent_id', 'stage'])
  t.deepEqual(lead?.operations, ['insert', 'update'])
  t.regex(lead?.path?.id ?? '', /^[0-9a-f]{12}$/)
  t.is(lead?.origin, 'rule')
  t.deepEqual(more, [])
  t.like(agent, { origin: 'via', columns: ['id', 'user_id'], when: undefined, path: undefined })
  t.deepEqual(agent?.operations, ['insert', 'update', 'delete', 'truncate'])
  t.deepEqual(agent?.params, [{ kind: 'column', param: 'user_id', column: 'user_id' }])
  const manifest = buildManifest(plan)
  t.deepEqual(manifest.caches['board']?.tables, ['agents', 'leads'])
  t.deepEqual(manifest.tables.find(({ table }) => table === 'agents')?.triggers.length, 4)
})

test('rules over the same table share its watch, with the columns of both and the larger limit', (t) => {
  const calls = { ...leads, table: 'calls', via: ['agents ON agents.number = calls.agent'], maxKeys: 5000 }
  const own = { table: 'agents', cache: 'board', params: { user_id: 'user_id' }, columns: ['name'] }
  const plan = makePlan([board], [leads, calls, own].map(tableRule))
  const watches = watchesOf(plan, 'agents')
  t.is(watches.length, 1)
  t.like(watches[0], { origin: 'rule', maxKeys: 5000, columns: ['id', 'name', 'number', 'user_id'] })
  const reversed = makePlan([board], [own, calls, leads].map(tableRule))
  t.is(JSON.stringify(reversed), JSON.stringify(plan))
})

test('watches whose entries are reloaded stand apart from those whose entries are dropped', (t) => {
  const plan = makePlan(
    [board],
    [
      tableRule(leads),
      tableRule({
        ...leads,
        table: 'calls',
        via: ['agents ON agents.id = calls.agent_id'],
        action: 'refresh',
      }),
    ],
  )
  t.deepEqual(
    watchesOf(plan, 'agents')
      .map(({ action }) => action)
      .sort(),
    ['invalidate', 'refresh'],
  )
})

test('a table on the path binds what lies on it and behind it, and the manifest lists these sets of params', (t) => {
  const plan = makePlan(
    [report],
    [
      tableRule({
        table: 'calls',
        cache: 'report',
        params: { user_id: 'a.user_id', team: 't.name', kind: 'kind' },
        via: ['agents AS a ON a.id = calls.agent_id', 'teams AS t ON t.id = a.team_id'],
      }),
    ],
  )
  const manifest = buildManifest(plan)
  t.deepEqual(manifest.caches['report']?.partial, [['team'], ['user_id', 'team']])
  const paths = Object.fromEntries(Object.values(manifest.paths).map((path) => [path.columns, path]))
  t.deepEqual(paths[2], {
    cache: 'report',
    columns: 2,
    joins: 1,
    params: [
      { kind: 'found', name: 'user_id', index: 1 },
      { kind: 'found', name: 'team', index: 2 },
      { kind: 'sent', name: 'kind', index: 1 },
    ],
    sql: `SELECT DISTINCT links.link::int, a.user_id::text, t.name::text
FROM unnest(
  CASE WHEN true THEN $1 ELSE ARRAY(SELECT id FROM public.agents) END
) WITH ORDINALITY AS links (v1, link)
JOIN public.agents AS a ON a.id = links.v1
JOIN public.teams AS t ON t.id = a.team_id
WHERE a.user_id IS NOT NULL
  AND t.name IS NOT NULL`,
  })
})

test('one value that leads to params needs no number', (t) => {
  const plan = makePlan([board], [tableRule(leads)])
  t.deepEqual(Object.values(buildManifest(plan).paths), [
    {
      cache: 'board',
      columns: 1,
      joins: 1,
      params: [{ kind: 'found', name: 'user_id', index: 0 }],
      sql: `SELECT DISTINCT agents.user_id::text
FROM public.agents AS agents
WHERE agents.id = ANY ($1)
  AND agents.user_id IS NOT NULL`,
    },
  ])
})

test('a condition on what lies before is dropped, and what only that leads to may be anything', (t) => {
  const plan = makePlan(
    [report],
    [
      tableRule({
        table: 'r',
        cache: 'report',
        params: { user_id: 'a.u', team: 'b.t', kind: 'c.k' },
        via: ['a ON a.id = r.a', 'b ON b.id = a.b AND b.r = r.id', 'c ON c.id = r.c'],
      }),
    ],
  )
  const [watch] = watchesOf(plan, 'a')
  t.deepEqual(watch?.params, [
    { kind: 'column', param: 'user_id', column: 'u' },
    { kind: 'hop', param: 'team', hop: 0, column: 't' },
  ])
  t.deepEqual(watch?.path?.hops, [
    {
      table: { schema: 'public', name: 'b' },
      alias: 'b',
      on: [{ column: 'id', from: { hop: -1, column: 'b' } }],
    },
  ])
  t.deepEqual(watchesOf(plan, 'c')[0]?.params, [{ kind: 'column', param: 'kind', column: 'k' }])
})

test('tables that lead to no param are not looked up, but watched', (t) => {
  const plan = makePlan(
    [board],
    [
      tableRule({
        ...leads,
        via: ['agents ON agents.id = leads.agent_id', 'teams ON teams.id = agents.team_id'],
      }),
    ],
  )
  t.is(watchesOf(plan, 'leads')[0]?.path?.hops.length, 1)
  t.like(watchesOf(plan, 'teams')[0], { params: [], columns: ['id'] })
  t.deepEqual(watchesOf(plan, 'agents')[0]?.columns, ['id', 'team_id', 'user_id'])
})

test('the same path has one id, whichever table it begins at', (t) => {
  const calls = { ...leads, table: 'calls', via: ['agents ON agents.id = calls.agent_id'] }
  const plan = makePlan([board], [tableRule(leads), tableRule(calls)])
  t.is(Object.keys(buildManifest(plan).paths).length, 1)
})
