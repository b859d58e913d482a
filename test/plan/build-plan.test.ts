import test from 'ava'
import { buildPlan } from '../../src/plan/build-plan.ts'
import { cacheRule, makeRuleset, tableRule } from '../helpers/plans.ts'

const caches = [cacheRule('b', 'b:{x}', {}), cacheRule('a', 'a:{y}:{x}', {})]
const rules = [
  tableRule({ table: 'u', cache: 'b', params: { x: 'x' }, columns: ['z', 'q'], when: 'w = 1', reads: ['w'] }),
  tableRule({ table: 't', schema: 's', cache: 'b', params: { x: 'x' }, on: ['truncate', 'insert'] }),
  tableRule({ table: 't', cache: 'b', params: { x: '=1' }, columns: [] }),
  tableRule({ table: 't', cache: 'a', params: { x: 'x' } }),
  tableRule({ table: 't', cache: 'a', params: { x: 'x' } }),
]

test('a plan does not depend on the order of the rules', (t) => {
  const plan = buildPlan(makeRuleset(caches, rules))
  t.is(JSON.stringify(buildPlan(makeRuleset(caches.toReversed(), rules.toReversed()))), JSON.stringify(plan))
  t.deepEqual(
    plan.tables.map(({ table }) => `${table.schema}.${table.name}`),
    ['public.t', 'public.u', 's.t'],
  )
  t.deepEqual(
    plan.caches.map(({ name }) => name),
    ['a', 'b'],
  )
})

test('the columns of params and condition count as relevant', (t) => {
  const plan = buildPlan(makeRuleset(caches, rules))
  t.deepEqual(plan.tables[1]?.watches[0]?.columns, ['q', 'w', 'x', 'z'])
})

test('a rule that stands twice is one watch', (t) => {
  const plan = buildPlan(makeRuleset(caches, rules))
  t.deepEqual(
    plan.tables[0]?.watches.map((watch) => watch.cache),
    ['a', 'b'],
  )
})

test('a table has triggers for the operations that a rule names, and no others', (t) => {
  const plan = buildPlan(makeRuleset(caches, rules, 'shop'))
  t.deepEqual(plan.tables[2]?.triggers, [
    { operation: 'insert', trigger: 'stalemate_shop_insert', function: 'shop__s_t_insert' },
    { operation: 'truncate', trigger: 'stalemate_shop_truncate', function: 'shop__s_t_truncate' },
  ])
  t.is(plan.channel, 'stalemate_shop')
})

test('a plan is frozen, through and through', (t) => {
  const plan = buildPlan(makeRuleset(caches, rules))
  t.true(Object.isFrozen(plan.tables[1]?.watches[0]?.when?.tree))
  t.true(Object.isFrozen(plan.caches[0]?.params[0]))
})

test('two rulesets whose names and tables spell the same have functions of their own', (t) => {
  const functions = (ruleset: string, table: string): readonly string[] =>
    buildPlan(
      makeRuleset(caches, [tableRule({ table, cache: 'a', params: {}, on: ['insert'] })], ruleset),
    ).tables.flatMap(({ triggers }) => triggers.map((trigger) => trigger.function))
  t.deepEqual(functions('a', 'b_x'), ['a__b_x_insert'])
  t.deepEqual(functions('a_b', 'x'), ['a_b__x_insert'])
  t.deepEqual(functions('a', '_b'), ['a___b_insert'])
})
