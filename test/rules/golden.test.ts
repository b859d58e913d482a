import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { formatDiagnostic } from '../../src/rules/format-diagnostic.ts'
import { parseRules } from '../../src/rules/parse-rules.ts'
import type { Diagnostic } from '../../src/rules/diagnostic.ts'

const root = join(process.cwd(), 'test', 'golden')
const update = process.env['UPDATE_GOLDEN'] === '1'

test('there is a case for each way in which rules go right or wrong', (t) => {
  const valid = readdirSync(join(root, 'valid')).length
  const failing = readdirSync(join(root, 'failing')).length
  t.true(valid + failing >= 60, `${valid} valid, ${failing} failing`)
  t.true(failing * 3 >= valid + failing)
})

for (const name of readdirSync(join(root, 'valid')).sort()) {
  test(`the valid rules of ${name} give the expected ruleset`, async (t) => {
    const folder = join(root, 'valid', name)
    const files = readRules(folder)
    const { ruleset, diagnostics } = await parseRules(files)
    t.not(ruleset, undefined, print(diagnostics, files))
    t.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    )
    const result = { ruleset, warnings: diagnostics.map(summarize) }
    expectFile(t, join(folder, 'expected.json'), `${JSON.stringify(result, undefined, 2)}\n`)
  })
}

for (const name of readdirSync(join(root, 'failing')).sort()) {
  test(`the failing rules of ${name} give the expected diagnostics`, async (t) => {
    const folder = join(root, 'failing', name)
    const files = readRules(folder)
    const { ruleset, diagnostics } = await parseRules(files)
    t.is(ruleset, undefined)
    t.true(diagnostics.some(({ severity }) => severity === 'error'))
    const ranges = diagnostics.map(summarize).join('\n')
    expectFile(t, join(folder, 'expected.txt'), `${print(diagnostics, files)}\n\n${ranges}\n`)
  })
}

function readRules(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

function print(diagnostics: readonly Diagnostic[], files: ReadonlyMap<string, string>): string {
  return diagnostics.map((one) => formatDiagnostic(one, files.get(one.file))).join('\n\n')
}

/** Code and range, and the text in the range's place, for machines. */
function summarize({ severity, code, file, range }: Diagnostic): string {
  return `${file} ${range.line}:${range.column}-${range.endLine}:${range.endColumn} ${severity} ${code}`
}

function expectFile(t: ExecutionContext, path: string, text: string): void {
  if (update) writeFileSync(path, text)
  t.true(existsSync(path) && statSync(path).isFile(), `${path} is missing; UPDATE_GOLDEN=1 writes it`)
  t.is(text, readFileSync(path, 'utf8'))
}
