import test from 'ava'
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, runCommand } from '../helpers/io.ts'
import type { ExecutionContext } from 'ava'

const RULES = `version: 1
name: shop
caches:
  basket:
    key: basket:{user_id}
    params: { user_id: uuid }
tables:
  items:
    - invalidate: basket
      when: amount > 0
`
const WRONG_RULES = RULES.replace('invalidate: basket', 'invalidate: baskte').replace('uuid', 'uid')
const NO_CATALOG =
  'notice no-catalog  Tables, columns and types are not checked: there is no generated/catalog.json.\n' +
  '  hint: `stalemate pull` reads it from a database.\n\n'
const FILES = [
  'RULES.md',
  'caches.ts',
  'installed.json',
  'manifest.json',
  'migrations/0001_initial.down.sql',
  'migrations/0001_initial.up.sql',
  'plan.json',
  'rules.schema.json',
]

/** A project folder with rules. */
async function makeProject(t: ExecutionContext, rules = RULES): Promise<string> {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), rules)
  return cwd
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

async function readFiles(folder: string): Promise<string[]> {
  const names = await listFiles(folder)
  return Promise.all(names.map(async (name) => `${name}\n${await readFile(join(folder, name), 'utf8')}`))
}

test('compile writes the generated files and says what to do next', async (t) => {
  const cwd = await makeProject(t)
  const { code, stdout, stderr } = await runCommand(['compile'], { cwd })
  t.is(stderr, NO_CATALOG)
  t.is(code, 0)
  t.deepEqual(await listFiles(join(cwd, 'generated')), FILES)
  t.true(stdout.startsWith('shop: 1 cache, 1 watch on 1 table\n'))
  for (const file of FILES) t.true(stdout.includes(`created  generated/${file}\n`), file)
  t.true(stdout.endsWith('next: stalemate apply\n'))
  t.deepEqual((await readdir(join(cwd, 'generated'))).sort(), [
    'RULES.md',
    'caches.ts',
    'installed.json',
    'manifest.json',
    'migrations',
    'plan.json',
    'rules.schema.json',
  ])
})

test('compile gives the same bytes anywhere, from a folder as from its one file', async (t) => {
  const [one, two] = [await makeProject(t), await makeProject(t)]
  await runCommand(['compile'], { cwd: one })
  await runCommand(['compile', '--rules', 'rules/shop.yaml', '--out', 'generated/'], { cwd: two })
  t.deepEqual(await readFiles(join(one, 'generated')), await readFiles(join(two, 'generated')))
})

test('compiling unchanged rules touches no file', async (t) => {
  const cwd = await makeProject(t)
  await runCommand(['compile'], { cwd })
  const past = new Date('2001-01-01')
  for (const file of FILES) await utimes(join(cwd, 'generated', file), past, past)
  const { code, stdout } = await runCommand(['compile'], { cwd })
  t.is(code, 0)
  t.true(stdout.endsWith('up to date  generated (8 files)\n'))
  for (const file of FILES) t.deepEqual((await stat(join(cwd, 'generated', file))).mtime, past, file)
})

test('wrong rules are all told, and nothing is written', async (t) => {
  const cwd = await makeProject(t, WRONG_RULES)
  const { code, stdout, stderr } = await runCommand(['compile'], { cwd })
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /rules\/shop\.yaml:6:\d+/)
  t.regex(stderr, /rules\/shop\.yaml:9:\d+/)
  t.true(stderr.endsWith('2 errors\nNothing was written.\n'))
  t.deepEqual(await readdir(cwd), ['rules'])
})

test('wrong rules leave the files of the last right ones', async (t) => {
  const cwd = await makeProject(t)
  await runCommand(['compile'], { cwd })
  const before = await readFiles(join(cwd, 'generated'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), WRONG_RULES)
  t.is((await runCommand(['compile'], { cwd })).code, 1)
  t.deepEqual(await readFiles(join(cwd, 'generated')), before)
})

test('compile --json tells files and diagnostics in one document without colours', async (t) => {
  const cwd = await makeProject(t)
  const right = await runCommand(['compile', '--json'], { cwd, terminal: true })
  t.is(right.code, 0)
  t.is(right.stderr, '')
  const document = JSON.parse(right.stdout) as { files: { path: string; state: string }[] }
  t.like(document, { command: 'compile', ok: true, ruleset: 'shop', diagnostics: [{ code: 'no-catalog' }] })
  t.deepEqual(
    document.files.map(({ path, state }) => `${path} ${state}`).sort(),
    FILES.map((file) => `generated/${file} created`),
  )
  await writeFile(join(cwd, 'rules', 'shop.yaml'), WRONG_RULES)
  const wrong = await runCommand(['compile', '--json'], { cwd, terminal: true })
  t.is(wrong.code, 1)
  t.is(wrong.stderr, '')
  const { ok, files, diagnostics } = JSON.parse(wrong.stdout) as {
    ok: boolean
    files: unknown[]
    diagnostics: { severity: string; code: string; file: string; range: { line: number } }[]
  }
  t.false(ok)
  t.deepEqual(files, [])
  t.deepEqual(
    diagnostics.map(({ file, severity, range }) => `${file}:${range.line} ${severity}`),
    ['rules/shop.yaml:6 error', 'rules/shop.yaml:9 error'],
  )
})

test('diagnostics have colours on a terminal only', async (t) => {
  const cwd = await makeProject(t, WRONG_RULES)
  t.true((await runCommand(['compile'], { cwd, terminal: true })).stderr.includes('\u001B['))
  t.false((await runCommand(['compile'], { cwd })).stderr.includes('\u001B['))
  const env = { NO_COLOR: '1' }
  t.false((await runCommand(['compile'], { cwd, env, terminal: true })).stderr.includes('\u001B['))
})

test('a folder of rules gives its YAML files by name, and nothing from below or hidden', async (t) => {
  const cwd = await makeProject(t)
  const [head, tables] = RULES.split(/^(?=tables:)/m) as [string, string]
  await writeFile(join(cwd, 'rules', 'shop.yaml'), head)
  await writeFile(join(cwd, 'rules', 'tables.yml'), tables)
  await mkdir(join(cwd, 'rules', 'old'))
  for (const name of ['old/a.yaml', '.#shop.yaml', 'notes.txt'])
    await writeFile(join(cwd, 'rules', name), WRONG_RULES)
  await mkdir(join(cwd, 'rules', 'folder.yaml'))
  const { code, stderr } = await runCommand(['compile'], { cwd })
  t.is(stderr, NO_CATALOG)
  t.is(code, 0)
})

const unreadable = test.macro<[string, (cwd: string) => Promise<unknown>, string]>({
  exec: async (t, _what, prepare, message) => {
    const cwd = await makeFolder(t)
    await prepare(cwd)
    const { code, stdout, stderr } = await runCommand(['compile'], { cwd })
    t.is(code, 1)
    t.is(stdout, '')
    t.true(stderr.startsWith(`error file-failed: ${message}\nhint: `), stderr)
  },
  title: (_title, what) => `compile says what is wrong with ${what}`,
})

test(
  unreadable,
  'a missing folder',
  () => Promise.resolve(),
  'rules cannot be read: no such file or directory.',
)
test(unreadable, 'an empty folder', (cwd) => mkdir(join(cwd, 'rules')), 'rules holds no rule file.')
test(
  unreadable,
  'a file that is not UTF-8',
  async (cwd) => {
    await mkdir(join(cwd, 'rules'))
    await writeFile(join(cwd, 'rules', 'a.yaml'), Buffer.from([0x6e, 0xe9, 0x0a]))
  },
  'rules/a.yaml is not UTF-8 text.',
)

test('an output folder that cannot be written is told clearly', async (t) => {
  const cwd = await makeProject(t)
  await writeFile(join(cwd, 'file'), '')
  const { code, stderr } = await runCommand(['compile', '--out', 'file/generated'], { cwd })
  t.is(code, 1)
  t.regex(stderr, /^error file-failed: file\/generated\/\S+ cannot be read: not a directory\.\nhint: /m)
  const json = await runCommand(['compile', '--out', 'file/generated', '--json'], { cwd })
  t.is(json.code, 1)
  t.like(JSON.parse(json.stdout), { ok: false, error: { code: 'file-failed' } })
})

test('an interrupted compile writes nothing and exits as the signal says', async (t) => {
  const cwd = await makeProject(t)
  const interrupted = await runCommand(['compile'], { cwd, signal: AbortSignal.abort('SIGINT') })
  t.is(interrupted.code, 130)
  t.is(interrupted.stderr, 'interrupted\n')
  t.is((await runCommand(['compile'], { cwd, signal: AbortSignal.abort('SIGTERM') })).code, 143)
  t.deepEqual(await readdir(cwd), ['rules'])
})

test('check is content with what compile has written, and writes nothing', async (t) => {
  const cwd = await makeProject(t)
  await runCommand(['compile'], { cwd })
  const { code, stdout, stderr } = await runCommand(['check'], { cwd })
  t.is(code, 0)
  t.is(stdout, 'up to date  generated is what rules gives (8 files)\n')
  t.is(stderr, NO_CATALOG)
})

test('check finds a missing file and shows where another one was edited', async (t) => {
  const cwd = await makeProject(t)
  await runCommand(['compile'], { cwd })
  const path = join(cwd, 'generated', 'plan.json')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('"shop"', '"shoe"'))
  await writeFile(join(cwd, 'generated', 'caches.ts'), '')
  const edited = await runCommand(['check'], { cwd })
  t.is(edited.code, 1)
  t.regex(edited.stdout, /^differs {2}generated\/plan\.json\n {2}@@ -\d+,5 \+\d+,5 @@$/m)
  t.regex(edited.stdout, /^ {2}- {2}"ruleset": "shoe",\n {2}\+ {2}"ruleset": "shop",$/m)
  t.true(edited.stdout.includes('differs  generated/caches.ts\n'))
  t.false(edited.stdout.includes('manifest.json'))
  t.is(await readFile(join(cwd, 'generated', 'caches.ts'), 'utf8'), '')
  t.true(edited.stdout.endsWith('next: stalemate compile\n'))
})

test('check before the first compile finds everything missing', async (t) => {
  const cwd = await makeProject(t)
  const { code, stdout } = await runCommand(['check', '--json'], { cwd })
  t.is(code, 1)
  const { ok, files } = JSON.parse(stdout) as { ok: boolean; files: { path: string; state: string }[] }
  t.false(ok)
  t.deepEqual(
    files.map(({ path, state }) => `${path} ${state}`).sort(),
    FILES.map((file) => `generated/${file} missing`),
  )
  t.deepEqual(await readdir(cwd), ['rules'])
})

test('check tells wrong rules like compile does', async (t) => {
  const cwd = await makeProject(t, WRONG_RULES)
  const { code, stdout, stderr } = await runCommand(['check'], { cwd })
  t.is(code, 1)
  t.is(stdout, '')
  t.true(stderr.endsWith('2 errors\n'))
})

test('--strict fails on a warning, says so, and writes nothing', async (t) => {
  const cwd = await makeProject(t, RULES.replace('tables:', '  lonely: { key: lonely }\ntables:'))
  const strict = await runCommand(['compile', '--strict'], { cwd })
  t.is(strict.code, 1)
  t.true(strict.stderr.includes('warning unwatched-cache'))
  t.true(strict.stderr.includes('1 warning, which --strict does not let pass\n'))
  t.deepEqual(await listFiles(cwd), ['rules/shop.yaml'])
  const usual = await runCommand(['compile'], { cwd })
  t.is(usual.code, 0)
  t.true(usual.stderr.endsWith('1 warning\n'))
  t.is((await runCommand(['check'], { cwd })).code, 0)
  t.is((await runCommand(['check', '--strict'], { cwd })).code, 1)
})
