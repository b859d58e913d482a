import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { FOLDER, readRunLimit } from './limits.ts'
import { listRunning } from './running-files.ts'

/** What ava has to name the tests that it was running. */
const GRACE = 2_000

/**
 * Runs ava in a process group of its own, and ends the group when the run takes too long. Ava can't do that itself: a
 * thread that waits in a synchronous call can be ended by nothing but the end of its process.
 */
const limit = readRunLimit(process.env)
const folder = mkdtempSync(join(tmpdir(), 'stalemate-run-'))
const ava = join(dirname(createRequire(import.meta.url).resolve('ava')), 'cli.mjs')
const child = spawn(process.execPath, [ava, ...process.argv.slice(2)], {
  detached: true,
  stdio: 'inherit',
  env: { ...process.env, [FOLDER]: folder },
})

function signalGroup(signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // It has ended by itself.
  }
}

function describe(): string {
  const running = listRunning(folder).map(({ file, seconds }) => `  ${file}, begun ${seconds} s ago`)
  if (running.length === 0) return 'every test file has ended, but ava has not'
  return `these test files have not ended:\n${running.join('\n')}`
}

/** An ava that is asked to end while it ends may say 0: a run that was ended is never a run that passed. */
let givenUp = false

/** Ava is asked first, since it names the tests that have not ended; a thread that is stuck keeps it from ending. */
function giveUp(why: string): void {
  givenUp = true
  process.stderr.write(`\nThe tests were ended because ${why}; ${describe()}\n`)
  child.kill('SIGINT')
  setTimeout(signalGroup, GRACE, 'SIGKILL').unref()
}

const watchdog = setTimeout(() => giveUp(`they took more than ${limit / 1000} s`), limit)
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
for (const signal of signals) process.on(signal, () => giveUp(`${signal} came`))
child.on('error', (error) => {
  throw error
})
child.on('exit', (code) => {
  clearTimeout(watchdog)
  for (const signal of signals) process.removeAllListeners(signal)
  // Whatever a test has left running.
  signalGroup('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = givenUp ? 1 : (code ?? 1)
})
