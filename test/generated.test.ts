import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { compileRules } from '../src/compile.ts'
import { ROOT } from './helpers/root.ts'

test('generated/ is what rules/ gives, to the byte', async (t) => {
  const rules = readdirSync(join(ROOT, 'rules')).sort()
  const texts = rules.map(
    (file) => [`rules/${file}`, readFileSync(join(ROOT, 'rules', file), 'utf8')] as const,
  )
  const { diagnostics, files } = await compileRules(Object.fromEntries(texts))
  t.deepEqual(diagnostics, [])
  const found = readdirSync(join(ROOT, 'generated'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, 'generated/').length))
  t.deepEqual(found.sort(), [...files.keys()].sort())
  for (const [path, text] of files) t.is(readFileSync(join(ROOT, 'generated', path), 'utf8'), text, path)
})

test('the paths given do not change what is generated, only what is said about it', async (t) => {
  const text = 'version: 1\nname: shop\ncaches:\n  basket:\n    key: basket\n    ttl: 1m\n'
  const here = await compileRules({ 'rules/shop.yaml': text })
  const there = await compileRules({ '../app/rules/shop.yaml': text })
  t.deepEqual([...here.files], [...there.files])
})
