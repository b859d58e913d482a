import { randomBytes } from 'node:crypto'
import { chown, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { StalemateError } from '../errors.ts'
import type { Account } from './account.ts'
import type { Program } from './program.ts'
import { endProgram, readLogTail, startProgram } from './program.ts'

/** Where one server lives, and who runs it. */
export type Cluster = {
  readonly folder: string
  /** `data` in the folder. */
  readonly dataDir: string
  readonly binDir: string
  readonly account: Account | undefined
  readonly major: number
}

/** Why a server did not start. */
export class StartFailure extends StalemateError {
  readonly isPortTaken: boolean

  constructor(what: string, log: string) {
    super('embedded-failed', `${what}. The end of its log:\n${log}`, {
      hint: 'The log names the reason; check `settings` and `port`.',
    })
    this.isPortTaken = /could not bind IPv4 address/.test(log)
  }
}

/** Builtin C.UTF-8 sorts and folds case alike on every system; PostgreSQL has it from version 17. */
function listLocaleOptions(major: number): string[] {
  if (major < 17) return ['--locale=C']
  return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
}

/** Writes a file that only the server's account may read. */
export async function writePrivateFile({ account }: Cluster, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 })
  if (account !== undefined) await chown(path, account.uid, account.gid)
}

/** Makes the data folder and gives the password of its superuser `postgres`. */
export async function initCluster(cluster: Cluster, signal: AbortSignal | undefined): Promise<string> {
  const { folder, account } = cluster
  const password = randomBytes(24).toString('base64url')
  const passwordFile = join(folder, 'password')
  await writePrivateFile(cluster, passwordFile, `${password}\n`)
  const program = await startProgram(folder, account, '0', [
    join(cluster.binDir, 'initdb'),
    '--pgdata=data',
    '--pwfile=password',
    '--username=postgres',
    '--encoding=UTF8',
    ...listLocaleOptions(cluster.major),
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '--no-sync',
    '--no-instructions',
  ])
  const result = await program.ended
  signal?.throwIfAborted()
  if (result !== 0) throw new StartFailure(`initdb ended with ${result}`, await readLogTail(folder))
  await rm(passwordFile)
  return password
}

/** The lock file's first line is the server's process id, its last one the state. */
async function isReady(cluster: Cluster, pid: number): Promise<boolean> {
  const text = await readFile(join(cluster.dataDir, 'postmaster.pid'), 'utf8').catch(() => '')
  return text.startsWith(`${pid}\n`) && /^ready\s*$/m.test(text)
}

const startupDeadline = 60_000

async function waitUntilReady(cluster: Cluster, program: Program, signal: AbortSignal | undefined) {
  const deadline = performance.now() + startupDeadline
  while (!(await isReady(cluster, program.pid))) {
    signal?.throwIfAborted()
    if (!program.isRunning()) {
      const what = `PostgreSQL ended with ${await program.ended} while it was starting`
      throw new StartFailure(what, await readLogTail(cluster.folder))
    }
    if (performance.now() > deadline) {
      const what = `PostgreSQL was not ready after ${startupDeadline} ms`
      throw new StartFailure(what, await readLogTail(cluster.folder))
    }
    await setTimeout(10)
  }
}

/** Starts the server on the settings in its data folder and waits until it accepts connections. */
export async function startServer(cluster: Cluster, signal: AbortSignal | undefined): Promise<Program> {
  const { folder, account, binDir } = cluster
  await rm(join(folder, 'log'), { force: true })
  const program = await startProgram(folder, account, 'QUIT', [join(binDir, 'postgres'), '-D', 'data'])
  try {
    await waitUntilReady(cluster, program, signal)
    return program
  } catch (error) {
    await endProgram(program, 'SIGQUIT')
    throw error
  }
}
