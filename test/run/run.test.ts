import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { ROOT } from '../helpers/root.ts'
import { waitUntil } from '../helpers/wait.ts'
import { LINGER_LIMIT, RUN_LIMIT } from './limits.ts'

const HEAD = `import test from 'ava'
import { writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { registerSharedWorker } from 'ava/plugin'
`
const LEAK = `test('it forgets a timer', (t) => { setInterval(() => {}, 1000); t.pass() })`
const BLOCKED = `test('it is stuck', (t) => { writeFileSync('begun', ''); spawnSync('sleep', ['SECONDS']); t.pass() })`
const SHARED = `test('it leaves a shared worker that is stuck', async (t) => {
  const filename = new URL('worker.js', import.meta.url)
  const worker = registerSharedWorker({ filename, supportedProtocols: ['ava-4'] })
  await worker.available
  for await (const _ of worker.publish('block').replies()) break
  t.pass()
})`
const WORKER = `import { spawnSync } from 'node:child_process'
export default async (ava) => {
  for await (const message of ava.negotiateProtocol(['ava-4']).ready().subscribe()) {
    message.reply('blocked from now on')
    // At once: ava must not find it awake when the test has ended.
    spawnSync('sleep', ['SECONDS'])
  }
}`

/** How long the children sleep, by which they are found again. */
const SECONDS = String(100_000 + (process.pid % 100_000))

type Run = {
  readonly folder: string
  readonly child: ChildProcess
  /** Resolves once this was printed; rejects when the run ends without it. */
  readonly printed: (text: string) => Promise<void>
  /** The exit code and all that was printed. */
  readonly ended: Promise<{ code: number | null; text: string }>
}

/** Runs the files of a project of their own as `npm test` does; it is killed with the test. */
async function startRun(
  t: ExecutionContext,
  files: Readonly<Record<string, string>>,
  limits: Readonly<Record<string, string>> = {},
): Promise<Run> {
  await mkdir(join(ROOT, '.cache'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.cache/run-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const require = [join(ROOT, 'dist/test/run/each-file.js')]
  const ava = { files: ['*.test.js'], require, timeout: '2m' }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', ava }))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), (name === 'worker.js' ? '' : HEAD) + text.replace('SECONDS', SECONDS))
  }
  // A worker of this run must not look like one to the run that it starts.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AVA')))
  const child = spawn(process.execPath, [join(ROOT, 'dist/test/run/run.js')], {
    cwd: folder,
    env: { ...env, ...limits },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGTERM'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      text += String(data)
      child.emit('printed')
    })
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text }))
  const printed = async (wanted: string) => {
    while (!text.includes(wanted)) {
      const end = await Promise.race([once(child, 'printed'), ended])
      if (!Array.isArray(end) && !text.includes(wanted)) throw new Error(`The run ended: ${text}`)
    }
  }
  return { folder, child, printed, ended }
}

test('a file that leaves something open fails, and is named with what it left', async (t) => {
  const good = `test('it is good', (t) => t.pass())`
  const run = await startRun(t, { 'leak.test.js': LEAK, 'good.test.js': good }, { [LINGER_LIMIT]: '100' })
  const { code, text } = await run.ended
  t.is(code, 1)
  t.regex(text, /All tests of leak\.test\.js have ended, but not what they opened; after 100 ms: Timeout/)
  t.regex(text, /good › it is good/)
})

/** Whether a process sleeps that a test has started. */
async function isAsleep(): Promise<boolean> {
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')
    if (line === `sleep\0${SECONDS}\0`) return true
  }
  return false
}

test('a run that is ended names the file whose thread is stuck, and leaves no process', async (t) => {
  const run = await startRun(t, { 'blocked.test.js': BLOCKED })
  const begun = () => access(join(run.folder, 'begun')).then(() => true, () => false) // prettier-ignore
  await waitUntil(async () => run.child.exitCode !== null || (await begun()), 'the test that gets stuck')
  run.child.kill('SIGTERM')
  const { code, text } = await run.ended
  t.is(code, 1)
  t.regex(text, /ended because SIGTERM came; these test files have not ended:\n {2}blocked\.test\.js, begun/)
  if (process.platform === 'linux')
    await waitUntil(async () => !(await isAsleep()), 'the end of what it had started')
})

test('a run that is ended says so when only ava itself is left', async (t) => {
  const run = await startRun(t, { 'shared.test.js': SHARED, 'worker.js': WORKER })
  await run.printed('1 test passed')
  run.child.kill('SIGTERM')
  const { code, text } = await run.ended
  t.is(code, 1)
  t.regex(text, /ended because SIGTERM came; every test file has ended, but ava has not/)
})

test('a run that takes too long ends by itself', async (t) => {
  const run = await startRun(t, { 'blocked.test.js': BLOCKED }, { [RUN_LIMIT]: '1' })
  const { code, text } = await run.ended
  t.is(code, 1)
  t.regex(text, /ended because they took more than 0\.001 s;/)
})
