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
 * that happens. Renaming `gate` decides the race with a program that is just starting: either its process
 * id is in there by then, or it can't be written any more and the program gives up (`program.ts`). The data
 * go only after the program, which without them could not give back its shared memory.
 *
 * A process that has ended but is not reaped still has its id, in a container perhaps for ever; Linux tells it
 * by its state, and other systems reap at once.
 */
const guard = `
trap '' HUP INT TERM QUIT
pause() { tries=$((tries + 1)); sleep 0.02 2>/dev/null || sleep 1; }
is_running() {
  kill -s 0 "$pid" 2>/dev/null || return 1
  case $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) in Z*) return 1 ;; esac
}
while read -r line; do :; done
cd /
mv "$1/gate" "$1/closed" 2>/dev/null
if [ -e "$1/closed/pid" ]; then
  read -r pid signal <"$1/closed/pid"
  kill -s "$signal" "$pid" 2>/dev/null
  tries=0
  while is_running && [ $tries -lt 400 ]; do
    [ $tries -eq 300 ] && kill -s KILL "$pid"
    pause
  done
fi
tries=0
until rm -rf "$1" 2>/dev/null || [ $tries -ge 50 ]; do pause; done
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

/** Makes a folder that only the account can enter. */
export async function makePrivateFolder(path: string, account: Account | undefined): Promise<void> {
  await mkdir(path, { mode: 0o700 })
  if (account !== undefined) await chown(path, account.uid, account.gid)
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
    await makePrivateFolder(path, account)
    await makePrivateFolder(join(path, 'gate'), account)
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
