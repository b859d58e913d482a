import test from 'ava'
import { listEffects } from '../../src/plan/effects.ts'
import { parseRules } from '../../src/rules/parse-rules.ts'

const HEAD = `version: 1
name: shop
caches:
  one: { key: 'x:{id}:one', params: { id: uuid } }
  two: { key: 'x:{id}:two', params: { id: uuid } }
`

test('rules are counted by file and table, and a pattern for several caches is one rule', async (t) => {
  const { ruleset } = await parseRules({
    'a.yaml': `${HEAD}tables:\n  t:\n    - invalidate: x:{id}:*\n    - invalidate: one\n      on: [insert]\n  u:\n    - invalidate: two\n`,
    'b.yaml': 'tables:\n  t:\n    - invalidate: two\n      on: [delete]\n',
  })
  const effects = ruleset && listEffects(ruleset)
  t.deepEqual(
    effects?.map(({ rule, number, watch }) => `${rule.at.file} ${rule.table.name} ${number} ${watch.cache}`),
    ['a.yaml t 1 one', 'a.yaml t 1 two', 'a.yaml t 2 one', 'a.yaml u 1 two', 'b.yaml t 1 two'],
  )
})

test('a rule over other tables has an effect in each of them', async (t) => {
  const { ruleset } = await parseRules({
    'a.yaml': `${HEAD}tables:\n  t:\n    - invalidate: one\n      via: u ON u.id = t.u_id\n      with: { id: u.owner }\n`,
  })
  const effects = ruleset && listEffects(ruleset)
  t.deepEqual(
    effects?.map(({ number, table, watch }) => `${number} ${table.name} ${watch.origin}`),
    ['1 t rule', '1 u via'],
  )
})
