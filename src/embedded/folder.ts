import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, realpath, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { StalemateError } from '../errors.ts'
import type { Account } from './account.ts'
import { isSharedFolder } from './account.ts'

/** A private temporary folder that is removed with this process, together with the program that runs in it. */
export type GuardedFolder = {
  readonly path: string
  /** Lets this process exit, or keeps it from exiting, while the folder exists. */
  unref(): void
  /** Removes the folder; the program in it must have ended. */
  remove(): Promise<void>
}

/**
 * The guard. Its standard input is a pipe that only this process holds: it ends when this process does, however
 * that happens. Renaming the folder first decides the race with a program that is just starting: either
 * its process id is in the folder by then, or it can't write it there any more and gives up (`program.ts`).
 *
 * The server takes its lock file away as the last thing it does. Its process id alone would not tell: it stays
 * for as long as process 1 does not reap it, which in a container may be for ever.
 */
const guard = `
trap '' HUP INT TERM QUIT
pause() { tries=$((tries + 1)); sleep 0.02 2>/dev/null || sleep 1; }
while read -r line; do :; done
cd /
mv "$1" "$1.old" 2>/dev/null || exit 0
pid=$(cat "$1.old/pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -s QUIT "$pid" 2>/dev/null
  tries=0
  while [ -e "$1.old/data/postmaster.pid" ] && [ $tries -lt 400 ] && kill -s 0 "$pid" 2>/dev/null; do
    [ $tries -eq 300 ] && kill -s KILL "$pid"
    pause
  done
fi
tries=0
until rm -rf "$1.old" 2>/dev/null || [ $tries -ge 50 ]; do pause; done
`

async function chooseParent(tempDir: string, account: Account | undefined): Promise<string> {
  const usual = await realpath(tempDir)
  if (account === undefined || (await isSharedFolder(usual))) return usual
  if (await isSharedFolder('/tmp')) return '/tmp'
  throw new StalemateError('embedded-failed', `The account nobody may not use a temporary folder.`, {
    hint: `Set TMPDIR to a folder in which every account may write, or run as another user than root.`,
  })
}

function spawnGuard(path: string, account: Account | undefined): ChildProcess {
  return spawn('/bin/sh', ['-c', guard, 'sh', path], {
    ...account,
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
}

/** Makes a folder below `tempDir` that belongs to the account, and its guard. */
export async function createFolder(tempDir: string, account: Account | undefined): Promise<GuardedFolder> {
  const path = join(await chooseParent(tempDir, account), `stalemate-${randomBytes(6).toString('hex')}`)
  const child = spawnGuard(path, account)
  const ended = once(child, 'exit')
  const input = child.stdin as Socket
  input.on('error', () => {})
  const remove = async () => {
    child.ref()
    input.ref()
    input.end()
    await ended
    await rm(path, { recursive: true, force: true })
  }
  try {
    await once(child, 'spawn')
    await mkdir(path, { mode: 0o700 })
    if (account !== undefined) await chown(path, account.uid, account.gid)
  } catch (cause) {
    await remove().catch(() => {})
    throw new StalemateError('embedded-failed', `The folder ${path} could not be made.`, { cause })
  }
  return {
    path,
    unref: () => {
      child.unref()
      input.unref()
    },
    remove,
  }
}
