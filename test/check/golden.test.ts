import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { formatCatalog } from '../../src/catalog/catalog-file.ts'
import { compileRules } from '../../src/compile.ts'
import { formatDiagnostic } from '../../src/rules/format-diagnostic.ts'
import { readDatabase } from '../catalog/objects.ts'
import { createDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'

const folder = join(ROOT, 'test/golden/catalog')
const cases = join(folder, 'cases')
const update = process.env['UPDATE_GOLDEN'] === '1'

test('the catalog of the cases is what their schema gives', async (t) => {
  const database = await createDatabase(t, { sql: readFileSync(join(folder, 'schema.sql'), 'utf8') })
  expectFile(t, join(folder, 'catalog.json'), formatCatalog(await readDatabase(database)))
})

for (const name of readdirSync(cases).sort()) {
  test(`beside a catalog, the rules of ${name} give the expected diagnostics`, async (t) => {
    const catalog = readFileSync(join(folder, 'catalog.json'), 'utf8')
    const text = readFileSync(join(cases, name, 'rules.yaml'), 'utf8')
    const { ruleset, diagnostics } = await compileRules({ 'rules.yaml': text }, { catalog })
    const shown = diagnostics.map((one) => `${formatDiagnostic(one, text)}\n`).join('\n')
    const ranges = diagnostics.map(
      ({ severity, code, range: { line, column, endLine, endColumn } }) =>
        `${line}:${column}-${endLine}:${endColumn} ${severity} ${code}\n`,
    )
    expectFile(t, join(cases, name, 'expected.txt'), `${shown}\n${ranges.join('')}`)
    t.is(ruleset === undefined, diagnostics.some(({ severity }) => severity === 'error')) // prettier-ignore
  })
}

test('a text that is no catalog is thrown, since no rule is wrong', async (t) => {
  const text = readFileSync(join(cases, 'everything-fits', 'rules.yaml'), 'utf8')
  await t.throwsAsync(compileRules({ 'rules.yaml': text }, { catalog: '{}' }), { code: 'catalog-invalid' })
})

function expectFile(t: ExecutionContext, path: string, text: string): void {
  if (update) writeFileSync(path, text)
  t.true(existsSync(path), `${path} is missing; UPDATE_GOLDEN=1 writes it`)
  t.is(text, readFileSync(path, 'utf8'))
}
