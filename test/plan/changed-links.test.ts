import test from 'ava'
import { StalemateError } from '../../src/errors.ts'
import { changedKeys, type RowChange } from '../../src/plan/changed-keys.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'

const plan = makePlan(
  [
    cacheRule('board', 'board:{user_id}', { user_id: 'int' }),
    cacheRule('day', 'day:{user_id}:{day}', { user_id: 'int', day: 'date' }),
  ],
  [
    tableRule({
      table: 'leads',
      cache: 'board',
      params: { user_id: 't.user_id' },
      via: ['agents ON agents.id = leads.agent_id', 'teams AS t ON t.id = agents.team_id'],
      columns: ['stage'],
    }),
    tableRule({
      table: 'shifts',
      cache: 'day',
      params: { user_id: 'users.id', day: 'day' },
      via: ['users ON users.first = shifts.first AND users.last = shifts.last'],
    }),
  ],
)

const lead = { id: 1, agent_id: 5, stage: 'new' }
const overTeams = (agent: string) => ({
  cache: 'board',
  path: `agents.id = ${agent} → t.id = agents.team_id → user_id`,
  values: [agent],
})

type Expected = {
  readonly keys?: readonly string[]
  readonly broad?: readonly string[]
  readonly links?: readonly object[]
}

const links = test.macro({
  exec: (t, change: RowChange, { keys = [], broad = [], links = [] }: Expected) => {
    t.deepEqual(changedKeys(plan, change), { keys, broad, links: links as never })
  },
  title: (title) => title ?? '',
})

test(
  'a row gives the link that its path begins by',
  links,
  { table: 'leads', op: 'insert', new: lead },
  { links: [overTeams('5')] },
)
test(
  'a row that moves gives two links, sorted',
  links,
  { table: 'leads', op: 'update', old: lead, new: { agent_id: 10 } },
  { links: [overTeams('10'), overTeams('5')] },
)
test(
  'a row that stays gives one link',
  links,
  { table: 'leads', op: 'update', old: lead, new: { stage: 'won' } },
  { links: [overTeams('5')] },
)
test(
  'an update that does not matter gives no link',
  links,
  { table: 'leads', op: 'update', old: lead, new: { id: 2 } },
  {},
)
test('a NULL leads nowhere', links, { table: 'leads', op: 'delete', old: { ...lead, agent_id: null } }, {})
test(
  'a column that is not given may lead anywhere',
  links,
  { table: 'leads', op: 'delete', old: { id: 1 } },
  { keys: ['board:*'] },
)
test(
  'a truncate is broad',
  links,
  { table: 'leads', op: 'truncate' },
  { keys: ['board:*'], broad: ['board'] },
)
test(
  'a row in the middle gives the link of what is left of the path',
  links,
  { table: 'agents', op: 'delete', old: { id: 5, team_id: 7 } },
  { links: [{ cache: 'board', path: 't.id = 7 → user_id', values: ['7'] }] },
)
test(
  'a row at the end gives keys',
  links,
  { table: 'teams', op: 'update', old: { id: 7, user_id: 1 }, new: { user_id: 2 } },
  { keys: ['board:1', 'board:2'] },
)
test(
  'a row at the end that changes otherwise gives nothing',
  links,
  { table: 'teams', op: 'update', old: { id: 7, user_id: 1, name: 'a' }, new: { name: 'b' } },
  {},
)
test(
  'params of the row itself go with the link',
  links,
  { table: 'shifts', op: 'insert', new: { first: 'Ann', last: 'Lee', day: '2026-02-03' } },
  {
    links: [
      {
        cache: 'day',
        path: 'users.first = Ann and users.last = Lee → user_id',
        values: ['Ann', 'Lee', '2026-02-03'],
      },
    ],
  },
)
test(
  'a NULL in a param of the row itself makes no link',
  links,
  { table: 'shifts', op: 'insert', new: { first: 'Ann', last: 'Lee', day: null } },
  {},
)
test(
  'a param of the row itself that is not given may be anything',
  links,
  { table: 'shifts', op: 'insert', new: { first: 'Ann', last: 'Lee' } },
  { keys: ['day:*:*'] },
)

test('a value of a column that cannot be a text is refused', (t) => {
  const change: RowChange = { table: 'leads', op: 'insert', new: { agent_id: new Date(0) } }
  t.is(t.throws(() => changedKeys(plan, change), { instanceOf: StalemateError })?.code, 'param-invalid')
})
