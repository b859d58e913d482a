import test from 'ava'
import { changedKeys, type RowChange } from '../../src/plan/changed-keys.ts'
import type { ConditionNode } from '../../src/sql/condition.ts'
import { cacheRule, makePlan, tableRule } from '../helpers/plans.ts'

const done: ConditionNode = {
  kind: 'compare',
  operator: '=',
  left: { kind: 'column', name: 'status' },
  right: { kind: 'value', value: 'done' },
}

const plan = makePlan(
  [
    cacheRule('board', 'board:{user_id}', {}),
    cacheRule('report', 'report:{user_id}:{month}', { month: 'int' }),
    cacheRule('done', 'done:{user_id}', {}),
  ],
  [
    tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] }),
    tableRule({ table: 'calls', cache: 'report', params: { user_id: 'user_id' }, columns: ['month'] }),
    tableRule({
      table: 'calls',
      cache: 'done',
      params: { user_id: 'user_id' },
      columns: ['month'],
      when: `status = 'done'`,
      reads: ['status'],
      tree: done,
    }),
    tableRule({ table: 'logs', schema: 'old', cache: 'report', params: {}, on: ['insert'] }),
    tableRule({
      table: 'logs',
      schema: 'old',
      cache: 'report',
      params: { user_id: 'user_id', month: 'month' },
      on: ['delete'],
    }),
  ],
)

const row = { id: 1, user_id: 'a', status: 'new', month: 3 }

const keys = test.macro({
  exec: (t, change: RowChange, expected: readonly string[], broad: readonly string[] = []) => {
    t.deepEqual(changedKeys(plan, change), { keys: expected, broad, links: [] })
  },
  title: (title) => title ?? '',
})

test('an insert', keys, { table: 'calls', op: 'insert', new: row }, ['board:a', 'report:a:*'])
test(
  'an update of a relevant column',
  keys,
  { table: 'calls', op: 'update', old: row, new: { status: 'x' } },
  ['board:a'],
)
test('an update of another column', keys, { table: 'calls', op: 'update', old: row, new: { id: 2 } }, [])
test(
  'a row that moves, and meets a condition afterwards',
  keys,
  { table: 'calls', op: 'update', old: row, new: { user_id: 'b', status: 'done' } },
  ['board:a', 'board:b', 'done:a', 'done:b', 'report:a:*', 'report:b:*'],
)
test('a NULL in a param', keys, { table: 'calls', op: 'delete', old: { ...row, user_id: null } }, [])
test('a column that is not given may hold anything', keys, { table: 'calls', op: 'insert', new: {} }, [
  'board:*',
  'done:*',
  'report:*:*',
])
test(
  'a truncate',
  keys,
  { table: 'calls', op: 'truncate' },
  ['board:*', 'done:*', 'report:*:*'],
  ['board', 'done', 'report'],
)
test(
  'a rule that binds nothing',
  keys,
  { table: 'old.logs', op: 'insert', new: row },
  ['report:*:*'],
  ['report'],
)
test(
  'values are encoded as in keys',
  keys,
  { table: 'old.logs', op: 'delete', old: { user_id: 'a:b', month: '7' } },
  ['report:a%3Ab:7'],
)
test('a table without rules', keys, { table: 'nowhere', op: 'insert', new: row }, [])

test('a value that is not of its type, or a row that is missing, is an error', (t) => {
  t.throws(() => changedKeys(plan, { table: 'old.logs', op: 'delete', old: { user_id: 'a', month: 'x' } }), {
    code: 'param-invalid',
  })
  t.throws(() => changedKeys(plan, { table: 'calls', op: 'update', new: row }), { code: 'param-invalid' })
})
