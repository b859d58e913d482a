import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
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

const hostile: Readonly<Record<string, string>> = {
  'open brackets': '['.repeat(1_000_000),
  'open braces': '[{},'.repeat(70_000),
  'list items side by side': '- '.repeat(500_000),
  commas: `[${','.repeat(250_000)}`,
  'closed braces': '}'.repeat(250_000),
  'a name for each line': Array.from({ length: 70_000 }, (_, index) => `k${index}:`).join('\n'),
  'the same name on each line': 'k:\n'.repeat(70_000),
  aliases: `a: &a x\nb: [${'*a, '.repeat(60_000)}]`,
  anchors: `[${'&a x, '.repeat(40_000)}]`,
  quotes: '"'.repeat(1_000_000),
  'one long word': `a: ${'x'.repeat(1_000_000)}`,
  blanks: `${' '.repeat(1_000_000)}:`,
  'a deep condition': `tables: { t: [{ invalidate: a, when: "${'('.repeat(100_000)}" }] }`,
  'a long key': `caches: { a: { key: "${'{x}:'.repeat(200_000)}" } }`,
  'a number without end': `version: ${'9'.repeat(1_000_000)}`,
}

for (const [what, text] of Object.entries(hostile)) {
  test.serial(`a file of ${what} gives a diagnostic within seconds`, async (t) => {
    const start = performance.now()
    const { ruleset, diagnostics } = await parseRules({ 'rules.yaml': text })
    t.is(ruleset, undefined)
    t.true(diagnostics.length > 0)
    for (const one of diagnostics.slice(0, 10)) t.true(formatDiagnostic(one, text).length < 10_000)
    t.true(performance.now() - start < 30_000)
  })
}

const pieces = [
  'version: 1\n',
  'name: a\n',
  'caches:\n',
  'tables:\n',
  '  a:\n',
  '    key: a:{b}\n',
  '    params: { b: int }\n',
  '  t:\n',
  '    - invalidate: a\n',
  '      when: b = 1\n',
  '      with: { b: c }\n',
  '      on: [insert]\n',
  ': ',
  '- ',
  '? ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '|\n',
  '>-\n',
  '&a ',
  '*a',
  '!!x ',
  '%YAML 1.1\n',
  '---\n',
  '#',
  '\n',
  '\r\n',
  '\t',
  '  ',
  '\0',
  '\uFEFF',
  '😀',
  '\uD800',
  '__proto__',
  'constructor',
  '*',
  '.inf',
  '1e999',
  '<<: ',
]

test('random rule texts give a ruleset or an error, and never throw', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), async (parts) => {
      await checkTotal(parts.join(''))
    }),
    { numRuns: 1500 },
  )
  t.pass()
})

test('mutated rule texts give a ruleset or an error, and never throw', async (t) => {
  const texts = Object.values(reference)
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 12 }),
    insert: fc.oneof(fc.constantFrom('', ...pieces), fc.string({ maxLength: 5, unit: 'binary' })),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      fc.array(edit, { minLength: 1, maxLength: 5 }),
      async (text, edits) => {
        let mutated = `version: 1\nname: a\n${text.replace(/^(version|name):.*$/gm, '')}`
        for (const { at, remove, insert } of edits) {
          const offset = Math.floor(at * mutated.length)
          mutated = mutated.slice(0, offset) + insert + mutated.slice(offset + remove)
        }
        await checkTotal(mutated)
      },
    ),
    { numRuns: 1000 },
  )
  t.pass()
})

async function checkTotal(text: string): Promise<void> {
  const { ruleset, diagnostics } = await parseRules({ 'rules.yaml': text })
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  if (failed === (ruleset !== undefined)) throw new Error('A ruleset and an error, or neither of them.')
  for (const one of diagnostics) {
    const { start, end, line, column } = one.range
    const before = text.slice(0, start)
    const inside = start >= 0 && start <= end && end <= text.length
    const fits = line === before.split('\n').length && column === start - before.lastIndexOf('\n')
    if (!inside || !fits) throw new Error(`${one.code} is out of place: ${JSON.stringify(one.range)}`)
    formatDiagnostic(one, text)
  }
}
