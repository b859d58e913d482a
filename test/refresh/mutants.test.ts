import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import test, { type ExecutionContext } from 'ava'
import ts from 'typescript'
import { ROOT } from '../helpers/root.ts'
import { CALL_MUTANTS } from '../invalidate/mutants.ts'
import { LEARNED_MUTANTS } from '../warm/learned-mutants.ts'
import { type Mutant, MUTANTS } from './mutants.ts'
import type { MutantAnswer, MutantTask } from './mutant-worker.ts'

/** What the background work consists of, and what judges it. */
const PARTS = [
  ...['cache', 'key', 'clear', 'feed', 'invalidate', 'refresh', 'sql', 'warm', 'controls.js', 'manifest', 'route', 'wire', 'errors.js', 'options.js'].map((name) => `src/${name}`), // prettier-ignore
  'test/clear/clears.test.js',
  'test/invalidate',
  'test/refresh',
  'test/warm',
  'test/helpers',
]
/** A mutant that hangs is caught as well. */
const PATIENCE = 60_000

/** A copy of the compiled parts whose tests import our own small ava. */
async function makeCopy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stalemate-mutants-'))
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, 'ava'), { recursive: true })
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name !== 'ava' && !name.startsWith('.')) await symlink(join(ROOT, 'node_modules', name), join(modules, name)) // prettier-ignore
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(modules, 'ava/package.json'), '{ "type": "module", "exports": "./index.js" }')
  await cp(join(ROOT, 'dist/test/helpers/tiny-ava.js'), join(modules, 'ava/index.js'))
  for (const part of PARTS) {
    await cp(join(ROOT, 'dist', part), join(folder, part), {
      recursive: true,
      filter: (path) => !path.endsWith('.map') && !path.endsWith('.d.ts'),
    })
  }
  return folder
}

/** Runs the tests of the copy until one fails. */
async function judge(folder: string, files: readonly string[]): Promise<MutantAnswer> {
  const url = (path: string): string => pathToFileURL(join(folder, path)).href
  const task: MutantTask = {
    ava: url('node_modules/ava/index.js'),
    files: files.map((file) => url(`test/${file}.test.js`)),
  }
  const worker = new Worker(new URL('./mutant-worker.js', import.meta.url), { workerData: task })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<MutantAnswer>((resolve) => {
      timer = setTimeout(() => resolve({ failed: 'it did not end' }), PATIENCE)
      worker.once('message', resolve)
      worker.once('error', (error) => resolve({ failed: String(error) }))
      // Also where a test waits for what nobody will do any more.
      worker.once('exit', (code) => resolve({ failed: `it ended with ${code}` }))
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

function transpile(source: string): string {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  })
  return outputText
}

const ALL = [...MUTANTS, ...LEARNED_MUTANTS, ...CALL_MUTANTS]
const JUDGES = [...new Set(ALL.flatMap(({ judges }) => judges))]

test.serial(
  'there are thirty mutants at least, eight of what is learned, and twenty of calls and clears, each with a name of its own, and the code as it is passes',
  async (t) => {
    t.true(MUTANTS.length >= 30)
    t.true(LEARNED_MUTANTS.length >= 8)
    t.true(CALL_MUTANTS.length >= 20)
    t.is(new Set(ALL.map(({ name }) => name)).size, ALL.length)
    const answer = await judge(await (copy ??= makeCopy()), JUDGES)
    t.like(answer, { failed: undefined })
    t.true('passed' in answer && answer.passed > 30)
  },
)

let copy: Promise<string> | undefined

const isCaught = test.macro({
  title: (_, { name }: Mutant) => `the tests catch work in which ${name}`,
  async exec(t, mutant: Mutant) {
    const answer = await tryMutant(t, await (copy ??= makeCopy()), mutant)
    if ('failed' in answer) t.log(answer.failed)
    t.true('failed' in answer)
  },
})
for (const mutant of ALL) test.serial(isCaught, mutant)

test.after.always('the copy is removed', async (t) => {
  if (copy !== undefined) await rm(await copy, { recursive: true, force: true })
  t.pass()
})

async function tryMutant(
  t: ExecutionContext,
  folder: string,
  { file, find, replace, judges }: Mutant,
): Promise<MutantAnswer> {
  const source = await readFile(join(ROOT, 'src', `${file}.ts`), 'utf8')
  t.is(source.split(find).length, 2, `${file} contains once: ${find}`)
  const path = join(folder, 'src', `${file}.js`)
  const sound = await readFile(path, 'utf8')
  await writeFile(path, transpile(source.replace(find, () => replace)))
  try {
    // A worker has modules of its own, so that the copy can be used again.
    return await judge(folder, judges)
  } finally {
    await writeFile(path, sound)
  }
}
