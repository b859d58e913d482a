import { registerSharedWorker } from 'ava/plugin'
import type { EmbeddedPostgres, PostgresOptions } from '../../src/embedded/postgres.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import type { ServerMessage } from './server-worker.ts'
import type { Test } from './test.ts'
import { NEWEST, type Version } from './versions.ts'

const shared = new Map<Version, Promise<string>>()

async function askForServer(version: Version): Promise<string> {
  const worker = registerSharedWorker<ServerMessage>({
    filename: new URL('server-worker.js', import.meta.url),
    supportedProtocols: ['ava-4'],
  })
  await worker.available
  for await (const { data } of worker.publish({ kind: 'connect', version }).replies()) {
    if (data.kind === 'ready') return data.connectionString
    if (data.kind === 'failed') throw new Error(data.message)
  }
  throw new Error('The worker that holds the server gave no answer.')
}

/** Gives the superuser's URL of the server of a version that all test files of this run share. */
export function findSharedServer(version: Version = NEWEST): Promise<string> {
  const server = shared.get(version) ?? askForServer(version)
  shared.set(version, server)
  return server
}

/** Starts a server for one test, which may restart or kill it. */
export async function createServer(t: Test, options: PostgresOptions = {}): Promise<EmbeddedPostgres> {
  const server = await startPostgres(options)
  t.teardown(() => server.stop())
  return server
}
