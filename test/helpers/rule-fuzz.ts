import fc from 'fast-check'
import { formatDiagnostic } from '../../src/rules/format-diagnostic.ts'
import { parseRules } from '../../src/rules/parse-rules.ts'

const INDENT = '      '

/** What rule texts are put together of: pieces of the language, of YAML, of SQL, and what should be in none. */
const PIECES = [
  'version: 1\n',
  'name: a\n',
  'defaults: { refresh: 80%, max-keys: 7 }\n',
  'caches:\n',
  'tables:\n',
  'warming:\n',
  '  a:\n',
  '    key: a:{b}\n',
  '    params: { b: int }\n',
  '    params: SELECT b FROM t\n',
  '    params: [{ b: 1 }]\n',
  '    cache: a\n',
  '    schedule: "*/5 * * * *"\n',
  '  t:\n',
  '    - invalidate: a\n',
  '    - refresh: a:*\n',
  `${INDENT}when: b = 1\n`,
  `${INDENT}via: x ON x.id = t.b\n`,
  `${INDENT}with: { b: x.c }\n`,
  `${INDENT}on: [insert]\n`,
  `${INDENT}meanwhile: serve\n`,
  ...': |- |? |{|}|[|]|,|"|\'|>-\n|&a |*a|!!x |%YAML 1.1\n|---\n|#|\n|\r\n|\t|  |<<: |*|.|@|%|;|--|/*|$1|$$'.split(
    '|',
  ),
  '|\n',
  '\0',
  '\uFEFF',
  '😀',
  '\uD800',
  '__proto__',
  'constructor',
  'toString',
  '.inf',
  '.nan',
  '1e999',
  '9'.repeat(400),
  '-0',
  '0x7fffffffffffffff',
  '{'.repeat(60),
  '['.repeat(60),
  '('.repeat(300),
]

const BEGINNING = 'version: 1\nname: a\ncaches: { a: { key: "a:{b}", params: { b: int } } }\n'

/** Texts that are rule files by chance at most. */
export const randomText = fc
  .tuple(fc.boolean(), fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }))
  .map(([begun, parts]) => (begun ? BEGINNING : '') + parts.join(''))

/** Texts of valid rules with a few places changed. */
export function mutatedText(texts: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 12 }),
    insert: fc.oneof(fc.constantFrom('', ...PIECES), fc.string({ maxLength: 5, unit: 'binary' })),
  })
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) =>
      edits.reduce((mutated, { at, remove, insert }) => {
        const offset = Math.floor(at * mutated.length)
        return mutated.slice(0, offset) + insert + mutated.slice(offset + remove)
      }, text),
    )
}

/** Reads a text as rules: it must give a ruleset or an error, each diagnostic in its place, in good time. */
export async function checkTotal(text: string): Promise<void> {
  const start = performance.now()
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
  if (performance.now() - start > 10_000) throw new Error('It took more than ten seconds.')
}
