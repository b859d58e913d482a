import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from './account.ts'

/** A program of PostgreSQL that runs inside a guarded folder. */
export type Program = {
  readonly pid: number
  /** Resolves with the exit code, or with the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  readonly isRunning: () => boolean
  kill(signal: NodeJS.Signals): void
  ref(): void
  unref(): void
}

/**
 * Writes the process id by rename and becomes the program. Where the gate is closed, the guard has already
 * acted and the program must not start.
 */
const launch = `
cd "$1" && umask 077 && echo "$$ $2" >gate/new && mv gate/new gate/pid || exit 1
shift 2
exec "$@" >>log 2>&1
`

/**
 * Starts a program in a folder, as the account, logging to the file `log` there. One at a time.
 *
 * @param farewell What the guard sends it when this process is gone: a signal, or `0` to let it finish.
 */
export async function startProgram(
  folder: string,
  account: Account | undefined,
  farewell: 'QUIT' | '0',
  command: readonly string[],
): Promise<Program> {
  const child: ChildProcess = spawn('/bin/sh', ['-c', launch, 'sh', folder, farewell, ...command], {
    ...account,
    cwd: '/',
    // Nothing of PG* or LC_* leaks in from outside.
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: 'ignore',
    detached: true,
  })
  let running = true
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false
      // The system may give the id to a stranger, whom the guard must not kill.
      rmSync(join(folder, 'gate', 'pid'), { force: true })
      resolve(signal ?? code ?? 0)
    })
  })
  await once(child, 'spawn')
  const program: Program = {
    pid: child.pid as number,
    ended,
    isRunning: () => running,
    kill: (signal) => void child.kill(signal),
    ref: () => child.ref(),
    unref: () => child.unref(),
  }
  return program
}

/** Sends a signal and waits for the end; a program that has ended already is left alone. */
export async function endProgram(program: Program, signal: NodeJS.Signals): Promise<void> {
  program.ref()
  if (program.isRunning()) program.kill(signal)
  await program.ended
}

/** Reads the end of the log of a folder, at most 20 lines. */
export async function readLogTail(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'log'), 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-20).join('\n')
}
