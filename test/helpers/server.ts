import { registerSharedWorker } from 'ava/plugin'
import type { EmbeddedPostgres, PostgresOptions } from '../../src/embedded/postgres.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import type { ServerMessage } from './server-worker.ts'
import type { Test } from './test.ts'

let shared: Promise<string> | undefined

async function askForServer(): Promise<string> {
  const worker = registerSharedWorker<ServerMessage>({
    filename: new URL('server-worker.js', import.meta.url),
    supportedProtocols: ['ava-4'],
  })
  await worker.available
  for await (const { data } of worker.publish({ kind: 'connect' }).replies()) {
    if (data.kind === 'ready') return data.connectionString
    if (data.kind === 'failed') throw new Error(data.message)
  }
  throw new Error('The worker that holds the server gave no answer.')
}

/** Gives the superuser's URL of the server that all test files of this run share. */
export function findSharedServer(): Promise<string> {
  return (shared ??= askForServer())
}

/** Starts a server for one test, which may restart or kill it. */
export async function createServer(t: Test, options: PostgresOptions = {}): Promise<EmbeddedPostgres> {
  const server = await startPostgres(options)
  t.teardown(() => server.stop())
  return server
}
