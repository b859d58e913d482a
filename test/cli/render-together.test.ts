import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { makeBigRules } from '../../bench/compile/big-rules.ts'
import { renderTogether } from '../../src/cli/render-together.ts'
import { compileRules } from '../../src/compile.ts'
import { renderBodies } from '../../src/emit/trigger/render-bodies.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'

async function makePlan(): Promise<Plan> {
  const { plan } = await compileRules(makeBigRules({ tables: 90, caches: 30, rules: 300 }))
  if (plan === undefined) throw new Error('the rules are wrong')
  return plan
}
const sorted = (bodies: ReadonlyMap<string, string>) => [...bodies].sort(([a], [b]) => (a < b ? -1 : 1))

test('two threads render what one does', async (t) => {
  const plan = await makePlan()
  using together = renderTogether()
  const bodies = await together.render(plan)
  t.true(bodies.size > 300)
  t.deepEqual(sorted(bodies), sorted(renderBodies(plan)))
})

for (const [what, script] of Object.entries({
  'cannot start': 'throw new Error("no memory")',
  'ends without a word': 'process.exit(3)',
  'fails with tables that it has taken': `
    import { parentPort } from 'node:worker_threads'
    parentPort.once('message', ({ taken }) => {
      Atomics.add(taken, 0, 20)
      throw new Error('no memory')
    })`,
})) {
  test(`a second thread that ${what} leaves nothing out`, async (t) => {
    const plan = await makePlan()
    const file = join(await makeFolder(t), 'worker.mjs')
    await writeFile(file, script)
    using together = renderTogether(pathToFileURL(file))
    t.deepEqual(sorted(await together.render(plan)), sorted(renderBodies(plan)))
  })
}

test('a large ruleset, which two threads compile, gives the files of the library to the byte', async (t) => {
  const cwd = await makeFolder(t)
  const rules = makeBigRules({ tables: 200, caches: 200, rules: 1000 })
  await mkdir(join(cwd, 'rules'))
  for (const [name, text] of Object.entries(rules)) await writeFile(join(cwd, 'rules', name), text)
  const { code } = await runCommand(['compile'], { cwd })
  t.is(code, 0)
  const { files } = await compileRules(rules)
  for (const [path, text] of files) t.is(await readFile(join(cwd, 'generated', path), 'utf8'), text, path)
})
