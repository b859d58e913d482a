import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import test from 'ava'
import ts from 'typescript'
import { createDatabase } from '../helpers/database.ts'
import { runCommand } from '../helpers/io.ts'
import { ROOT } from '../helpers/root.ts'
import { waitFor } from '../helpers/wait.ts'
import { readSnippets } from './snippets.ts'

const SCHEMA = `
CREATE TABLE customers (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
  id uuid PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers, status text NOT NULL, total numeric NOT NULL);
INSERT INTO customers VALUES ('4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162', 'Ada');
INSERT INTO orders VALUES (gen_random_uuid(), '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162', 'open', 12);
`

test('the five minutes of the README work as they are written', async (t) => {
  const snippets = await readSnippets('README.md')
  const rules = snippets.find(({ language }) => language === 'yaml')
  const [program, ruleTest] = snippets.filter(({ language }) => language === 'ts')
  const commands = snippets
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'))
    .filter((line) => line.startsWith('npx stalemate '))
  const explained = snippets.find(({ language }) => language === 'text')
  t.is(commands.length, 4)

  // Inside the project, so that the snippets find what the project has installed.
  await mkdir(join(ROOT, '.cache'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.cache/readme-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const files = {
    'package.json': JSON.stringify({ type: 'module', ava: { files: ['shop.test.js'] } }),
    'rules/shop.yaml': rules?.text ?? '',
    'main.ts': program?.text ?? '',
    'shop.test.ts': ruleTest?.text ?? '',
  }
  await mkdir(join(folder, 'node_modules'))
  await symlink(ROOT, join(folder, 'node_modules/stalemate'), 'dir')
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }

  const database = await createDatabase(t, { sql: SCHEMA })
  for (const command of commands) {
    const argv = command.replace('postgres://localhost/shop', database.connectionString).split(/\s+/).slice(2)
    const { code, stdout, stderr } = await runCommand(argv, { cwd: folder })
    t.is(code, 0, `${command}\n${stdout}${stderr}`)
    if (argv[0] === 'explain') t.is(stdout, explained?.text ?? '')
    // What was pulled holds for all commands after it, so that nothing is left to say.
    t.is(stderr, '')
  }

  t.deepEqual(buildProgram(folder), [])
  const child = fork(join(folder, 'main.js'), {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: database.connectionString },
    stdio: 'pipe',
  })
  const printed: string[] = []
  child.stdout?.on('data', (data) => printed.push(String(data)))
  child.stderr?.on('data', (data) => printed.push(String(data)))
  // The pool of the snippet is the application's own and would live as long as the application.
  child.stdout?.once('data', () => child.kill())
  t.teardown(() => child.kill('SIGKILL'))
  await waitFor(once(child, 'close'), 'the end of the snippet')
  t.is(printed.join(''), '12\n')

  t.is(await runAva(folder), 0)
})

/** Compiles the TypeScript of a folder beside itself, in the strictest way a user may; returns what is wrong. */
function buildProgram(folder: string): readonly string[] {
  const program = ts.createProgram([join(folder, 'main.ts'), join(folder, 'shop.test.ts')], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
    rootDir: folder,
    outDir: folder,
  })
  const { diagnostics } = program.emit()
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map((diagnostic) =>
    ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
  )
}

async function runAva(folder: string): Promise<number | null> {
  const ava = join(ROOT, 'node_modules/ava/entrypoints/cli.mjs')
  // A worker of this run must not look like one to the run that it starts.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AVA')))
  const child = fork(ava, [], { cwd: folder, env, stdio: 'ignore' })
  const [code] = (await waitFor(once(child, 'close'), 'the tests of the snippet')) as [number | null]
  return code
}

test('the commands that the README shows for the project itself are its scripts', async (t) => {
  const snippets = await readSnippets('README.md')
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }
  const shell = snippets.filter(({ language }) => language === 'sh').map(({ text }) => text)
  const shown = [...shell.join('').matchAll(/npm (?:run )?(demo|test|bench)\b/g)]
  t.deepEqual(new Set(shown.map((match) => match[1])), new Set(['demo', 'test']))
  for (const match of shown) t.true(Object.hasOwn(scripts, match[1] ?? ''))
})
