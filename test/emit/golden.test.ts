import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { buildPlan } from '../../src/plan/build-plan.ts'
import { emitStrings } from '../helpers/emit-strings.ts'
import { VERSION } from '../../src/version.ts'
import { cacheRule, makeRuleset, tableRule } from '../helpers/plans.ts'
import { ROOT } from '../helpers/root.ts'

const ruleset = makeRuleset(
  [
    cacheRule('dashboard', 'dashboard:{user_id}', { user_id: 'uuid' }),
    cacheRule('report', 'report:{user_id}:{day}', { user_id: 'uuid', day: 'date' }),
  ],
  [
    tableRule({
      table: 'calls',
      cache: 'dashboard',
      params: { user_id: 'user_id' },
      columns: ['status'],
      when: `status <> 'ringing'`,
      reads: ['status'],
    }),
    tableRule({
      table: 'calls',
      cache: 'report',
      params: { user_id: 'user_id', day: 'day' },
      on: ['insert'],
    }),
    tableRule({ table: 'users', schema: 'auth', cache: 'report', params: {}, on: ['truncate'] }),
  ],
  'callcentre',
)
const plan = buildPlan(ruleset)

const update = process.env['UPDATE_GOLDEN'] === '1'

for (const path of [
  'migrations/0001_initial.up.sql',
  'migrations/0001_initial.down.sql',
  'manifest.json',
  'plan.json',
  'caches.ts',
  'rules.schema.json',
]) {
  test(`${path} is emitted as written down`, (t) => {
    const files = emitStrings(plan, {
      ruleset,
      schema: { type: 'object' },
      sources: ['rules/b.yaml', 'rules/a.yaml'],
    })
    const golden = join(ROOT, 'test/golden/sql', path.replaceAll('/', '-'))
    if (update) writeFileSync(golden, files.get(path) ?? '')
    t.is(files.get(path), readFileSync(golden, 'utf8'))
  })
}

test('equal plans give equal files', (t) => {
  const input = { ruleset, schema: {}, sources: ['a', 'b'] }
  t.deepEqual(
    [...emitStrings(plan, input)],
    [...emitStrings(structuredClone(plan), { ...input, sources: ['b', 'a'] })],
  )
})

test('the version in the banners is the version of the package', (t) => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  t.is(VERSION, version)
})
