import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { failsOn } from '../../src/rules/fails-on.ts'

const WARNED = 'version: 1\nname: shop\ncaches:\n  basket: { key: basket }\n'

test('a warning lets rules pass, unless they are compiled strictly', async (t) => {
  const usual = await compileRules({ 'a.yaml': WARNED })
  t.deepEqual(
    usual.diagnostics.map(({ code, severity }) => `${severity} ${code}`),
    ['warning unwatched-cache'],
  )
  t.not(usual.plan, undefined)
  t.true(usual.files.size > 0)
  const strict = await compileRules({ 'a.yaml': WARNED }, { strict: true })
  t.deepEqual(strict.diagnostics, usual.diagnostics)
  t.is(strict.plan, undefined)
  t.is(strict.ruleset, undefined)
  t.is(strict.files.size, 0)
})

test('errors always fail, notices never do', async (t) => {
  const [warning] = (await compileRules({ 'a.yaml': WARNED })).diagnostics
  if (warning === undefined) return t.fail()
  const error = { ...warning, severity: 'error' as const }
  const notice = { ...warning, severity: 'notice' as const }
  t.true(failsOn([error]))
  t.false(failsOn([warning, notice]))
  t.true(failsOn([notice, warning], { strict: true }))
  t.false(failsOn([notice], { strict: true }))
})
