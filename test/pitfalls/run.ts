import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import ts from 'typescript'
import { ROOT } from '../helpers/root.ts'
import { type Break, CHAPTERS, type Proof } from './pitfalls.ts'

/** What a copy of the project needs to run its tests. */
const COPIED = ['dist', 'src', 'test', 'docs', 'rules', 'generated', 'package.json', 'README.md']

/** A copy of the project, within it, so that packages are found. */
async function copyProject(): Promise<string> {
  await mkdir(join(ROOT, '.cache'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.cache/pitfalls-'))
  for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
  return folder
}

/** Whether tests passed, failed or did not end; neither where they could not be run. */
type Outcome = { readonly ends: 'passed' | 'failed' | 'not run'; readonly output: string }

/** Runs the tests of a title; whether they passed, and what they printed. */
async function runTests(folder: string, { test, title }: Proof): Promise<Outcome> {
  const ava = join(ROOT, 'node_modules/ava/entrypoints/cli.mjs')
  const match = `*${title.replace(/\$\{.*/, '')}*`
  const child = fork(ava, ['--timeout', '60s', `test/${test}.test.ts`, '--match', match], {
    cwd: folder,
    stdio: 'pipe',
  })
  const printed: string[] = []
  child.stdout?.on('data', (data) => printed.push(String(data)))
  child.stderr?.on('data', (data) => printed.push(String(data)))
  const [code] = (await once(child, 'close')) as [number | null]
  const output = printed.join('')
  const isRun = /✔|✘|Timed out/.test(output)
  if (!isRun || /SyntaxError|ERR_MODULE_NOT_FOUND/.test(output)) return { ends: 'not run', output }
  return { ends: code === 0 ? 'passed' : 'failed', output }
}

/** Puts a break into the copy; the returned function takes it out. */
async function breakRule(folder: string, { file, find, replace }: Break): Promise<() => Promise<void>> {
  const source = await readFile(join(ROOT, `src/${file}.ts`), 'utf8')
  if (source.split(find).length !== 2) throw new Error(`src/${file}.ts does not contain once: ${find}`)
  const path = join(folder, `dist/src/${file}.js`)
  const before = await readFile(path, 'utf8')
  const { outputText } = ts.transpileModule(
    source.replace(find, () => replace),
    {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        rewriteRelativeImportExtensions: true,
      },
    },
  )
  await writeFile(path, outputText)
  return () => writeFile(path, before)
}

/** Parts of what a break concerns: only such ones; all unless given. */
const wanted = process.argv.slice(2)
const sound = new Map<Proof, Outcome>()
const folder = await copyProject()
let escaped = 0
let caught = 0
try {
  for (const { what, proofs, breaks = [] } of CHAPTERS.flatMap(({ pitfalls }) => pitfalls)) {
    for (const broken of breaks) {
      const proof = proofs[broken.seenBy ?? 0]
      const about = `${what} ${proof?.test} ${broken.file}`
      if (proof === undefined || (wanted.length > 0 && !wanted.some((part) => about.includes(part)))) continue
      const before = sound.get(proof) ?? (await runTests(folder, proof))
      sound.set(proof, before)
      const mend = await breakRule(folder, broken)
      const found = await runTests(folder, proof)
      await mend()
      const isCaught = before.ends === 'passed' && found.ends === 'failed'
      if (isCaught) caught += 1
      else escaped += 1
      process.stdout.write(
        `${isCaught ? 'caught ' : 'ESCAPED'}  src/${broken.file}.ts  ${proof.test}: ${proof.title}\n`,
      )
      if (!isCaught) process.stdout.write(`${before.ends === 'passed' ? found.output : before.output}\n`)
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.stdout.write(`${caught} caught, ${escaped} escaped\n`)
process.exitCode = escaped === 0 ? 0 : 1
