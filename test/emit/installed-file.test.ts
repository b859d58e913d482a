import test from 'ava'
import { emitStrings } from '../helpers/emit-strings.ts'
import { buildPlan } from '../../src/plan/build-plan.ts'
import { cacheRule, makeRuleset, tableRule } from '../helpers/plans.ts'

const caches = [cacheRule('board', 'board:{user_id}', { user_id: 'uuid' })]

function emit(when: string, previous?: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const rule = tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, when })
  const ruleset = makeRuleset(caches, [rule])
  return emitStrings(buildPlan(ruleset), { ruleset, schema: {}, sources: ['rules.yaml'], previous })
}

const installedOf = (files: ReadonlyMap<string, string>): string => files.get('installed.json') ?? ''

/** Function definitions of a migration, by name. */
function functionsOf(sql = ''): readonly string[] {
  return [...sql.matchAll(/FUNCTION stalemate\.app__\w+\(\) RETURNS trigger.*?\$stalemate\$;/gs)]
    .map(([text]) => text)
    .sort()
}

test('installed.json has no body of a function: it says in which migration it stands', (t) => {
  const files = emit('a = 1')
  t.false(installedOf(files).includes('stalemate_targets'))
  const { objects } = JSON.parse(installedOf(files)) as { objects: { body?: unknown; function?: string }[] }
  const up = files.get('migrations/0001_initial.up.sql') ?? ''
  for (const { body, function: name } of objects) {
    if (name === undefined) continue
    const { migration, at, length } = body as { migration: number; at: number; length: number }
    t.is(migration, 1)
    t.true(up.includes(`$stalemate$${up.slice(at, at + length)}$stalemate$`), name)
    t.true(up.slice(0, at).endsWith('AS $stalemate$'))
  }
})

test('a difference of installed.json is lines of the objects that differ', (t) => {
  const before = installedOf(emit('a = 1')).split('\n')
  const after = installedOf(emit('a = 2', emit('a = 1'))).split('\n')
  t.true(before.every((line) => line.length < 5000))
  const kept = before.filter((line) => line.includes('"operation":"truncate"'))
  t.is(kept.length, 1)
  t.true(after.includes(kept[0] ?? ''))
})

test('bodies come back from any earlier migration, and each is kept once', (t) => {
  const first = emit('a = 1')
  const third = emit('a = 1', emit('a = 2', first))
  const [, , last] = ['0001_initial', '0002_change_calls', '0003_change_calls'].map((name) => ({
    up: functionsOf(third.get(`migrations/${name}.up.sql`)),
    down: functionsOf(third.get(`migrations/${name}.down.sql`)),
  }))
  const original = functionsOf(first.get('migrations/0001_initial.up.sql'))
  t.is(original.length, 4)
  t.deepEqual(
    last?.up,
    original.filter((text) => !text.includes('_truncate()')),
  )
  t.true(last?.down.every((text) => text.includes('a = 2')))
  t.is(last?.down.length, 3)
  const fourth = emit('a = 3', third)
  t.deepEqual(functionsOf(fourth.get('migrations/0004_change_calls.down.sql')), last?.up)
})

test('a body with line ends that a tool may rewrite is kept as it is', (t) => {
  const first = emit(`a = E'x' OR a = 'y\r\nz'`)
  t.true(installedOf(first).includes(String.raw`y\r\nz`))
  const rewritten = new Map([...first].map(([path, text]) => [path, text.replaceAll(/\r?\n/g, '\r\n')]))
  const second = emit('a = 2', rewritten)
  t.deepEqual(
    functionsOf(second.get('migrations/0002_change_calls.down.sql')),
    functionsOf(first.get('migrations/0001_initial.up.sql')).filter((text) => !text.includes('_truncate()')),
  )
})
