import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { compare, renderTable, SEED } from '../../bench/learned/table.ts'
import { compileRules } from '../../src/compile.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'
import { ROOT } from '../helpers/root.ts'

const PAGE = readFileSync(join(ROOT, 'docs/warming.md'), 'utf8')

const snippets = (language: string): readonly string[] =>
  [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, of]) => of === language)
    .map(([, , text = '']) => text)

test('the table of learned sets is what the replay gives, and the learned set is the better one', (t) => {
  const compared = compare(SEED)
  t.true(PAGE.includes(`\n\n${renderTable(compared)}\n\n`), 'run npm run warming')
  const { none, static: fixed, learned } = compared
  for (const stretch of ['restart', 'morning', 'all'] as const) {
    t.true(learned[stretch].hits > fixed[stretch].hits, stretch)
    t.true(learned[stretch].waited < fixed[stretch].waited, stretch)
    t.true(fixed[stretch].hits > none[stretch].hits, stretch)
  }
  t.true(learned.loads < fixed.loads)
})

const RULES = `version: 1
name: page
caches:
  dashboard: { key: 'dashboard:{user_id}', params: { user_id: uuid }, ttl: 1h }
tables:
  users: [{ invalidate: dashboard, with: { user_id: id } }]
`

test('the rules of the page compile, and its commands are understood with them', async (t) => {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'generated'))
  const sets = snippets('yaml')
  t.true(sets.length >= 2)
  const warming = sets.map((text) => text.replace('warming:\n', '')).join('')
  const { files, diagnostics } = await compileRules({ 'rules.yaml': `${RULES}warming:\n${warming}` })
  t.deepEqual(diagnostics, [])
  await writeFile(join(cwd, 'generated/manifest.json'), files.get('manifest.json') ?? '')
  const commands = snippets('sh').flatMap((text) => text.trim().split('\n'))
  t.true(commands.length >= 3)
  for (const command of commands) {
    const env = { DATABASE_URL: 'postgres://127.0.0.1:1/app' }
    const { code, stdout, stderr } = await runCommand(command.split(/\s+/).slice(1), { cwd, env })
    t.is(code, 1, command)
    t.regex(stdout + stderr, /connection-failed/)
  }
})
