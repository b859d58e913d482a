import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { makeBigRules } from '../../bench/compile/big-rules.ts'
import { HOSTILE } from '../helpers/hostile-files.ts'
import { formatDiagnostic } from '../../src/rules/format-diagnostic.ts'
import { parseRules } from '../../src/rules/parse-rules.ts'

const folder = join(process.cwd(), 'rules')
const reference = Object.fromEntries(
  readdirSync(folder).map((name): [string, string] => [
    `rules/${name}`,
    readFileSync(join(folder, name), 'utf8'),
  ]),
)

test('the reference rules are valid and raise no warning', async (t) => {
  const { ruleset, diagnostics } = await parseRules(reference)
  t.deepEqual(diagnostics, [])
  t.is(ruleset?.name, 'callcentre')
  t.deepEqual(
    ruleset?.caches.map(({ name, template }) => `${name} ${template.source}`),
    [
      'agent_leads agent:{agent_id}:leads',
      'agent_performance agent:{agent_id}:performance',
      'dashboard dashboard:{user_id}',
      'overview overview',
      'report report:{user_id}:{month}',
      'user_profile user:{user_id}:profile',
    ],
  )
})

test('each file of the reference rules names the schema, so that editors complete it', (t) => {
  for (const [file, text] of Object.entries(reference)) {
    t.true(text.startsWith('# yaml-language-server: $schema=../generated/rules.schema.json\n'), file)
  }
})

test('the order in which files are given does not matter', async (t) => {
  const reversed = new Map(Object.entries(reference).reverse())
  t.deepEqual(await parseRules(reversed), await parseRules(reference))
})

test('a ruleset is frozen through and through', async (t) => {
  const { ruleset, diagnostics } = await parseRules(reference)
  t.true(Object.isFrozen(diagnostics))
  const open: unknown[] = [ruleset]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) continue
    t.true(Object.isFrozen(value))
    open.push(...(Object.values(value) as unknown[]))
  }
})

test('without any file there is one diagnostic, and it names no file', async (t) => {
  const { ruleset, diagnostics } = await parseRules({})
  t.is(ruleset, undefined)
  t.deepEqual(
    diagnostics.map((one) => formatDiagnostic(one, undefined)),
    ['error no-rules  There is no rule file.\n  hint: Write one, as in rules/callcentre.yaml.'],
  )
})

test('a file beyond the size limit is refused before it is read', async (t) => {
  const { diagnostics } = await parseRules({ 'big.yaml': '# é\n'.repeat(250_000) })
  t.deepEqual(
    diagnostics.map(({ code }) => code),
    ['file-too-large'],
  )
})

/** Each takes a few on an idle machine; without a bound it would be hours. */
const SECONDS = 30

for (const [what, text] of Object.entries(HOSTILE)) {
  test.serial(`a file of ${what} gives a diagnostic within seconds`, async (t) => {
    const start = performance.now()
    const { ruleset, diagnostics } = await parseRules({ 'rules.yaml': text })
    t.is(ruleset, undefined)
    t.true(diagnostics.length > 0)
    for (const one of diagnostics.slice(0, 10)) t.true(formatDiagnostic(one, text).length < 10_000)
    t.true(performance.now() - start < SECONDS * 1000)
  })
}

test.serial('many rules on one table that all differ a little are read within seconds', async (t) => {
  const start = performance.now()
  const rules = Array.from({ length: 10_000 }, (_, index) => `{ invalidate: a, columns: [c${index}] }`)
  const text = `version: 1\nname: a\ncaches: { a: { key: a } }\ntables: { t: [${rules.join(', ')}] }`
  const { ruleset, diagnostics } = await parseRules({ 'rules.yaml': text })
  t.is(ruleset?.rules.length, 10_000)
  t.is(diagnostics.length, 9999)
  t.true(performance.now() - start < SECONDS * 1000)
})

test('a ruleset of a thousand tables and five thousand rules is read without a warning', async (t) => {
  const { ruleset, diagnostics } = await parseRules(makeBigRules({ tables: 1000, caches: 1000, rules: 5000 }))
  t.deepEqual(diagnostics, [])
  t.is(ruleset?.rules.length, 5000)
})

test('patterns that mean too many caches are reported once', async (t) => {
  const caches = Array.from({ length: 500 }, (_, index) => `c${index}: { key: k${index} }`)
  const rules = Array.from({ length: 500 }, (_, index) => `{ invalidate: "*", columns: [c${index}] }`)
  const text = `version: 1\nname: a\ncaches: { ${caches.join(', ')} }\ntables: { t: [${rules.join(', ')}] }`
  const { ruleset, diagnostics } = await parseRules({ 'rules.yaml': text })
  t.is(ruleset, undefined)
  t.deepEqual(
    diagnostics.map(({ code }) => code),
    ['too-many'],
  )
})
