import type { SharedWorker } from 'ava/plugin'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'
import type { Version } from './versions.ts'

/** What a test file asks for, and what it is told. */
export type ServerMessage =
  | { readonly kind: 'connect'; readonly version: Version }
  | { readonly kind: 'ready'; readonly connectionString: string }
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Runs in the process of ava itself, once a run, and starts the server of a version when the first test file asks for it.
 * The servers end with that process.
 */
export default async function serve(ava: SharedWorker.FactoryOptions): Promise<void> {
  const protocol = ava.negotiateProtocol<ServerMessage>(['ava-4']).ready()
  const servers = new Map<Version, Promise<EmbeddedPostgres>>()
  for await (const message of protocol.subscribe()) {
    if (message.data.kind !== 'connect') continue
    const { version } = message.data
    const server = servers.get(version) ?? startPostgres({ version })
    servers.set(version, server)
    server.then(
      ({ connectionString }) => message.reply({ kind: 'ready', connectionString }),
      (error: unknown) => message.reply({ kind: 'failed', message: String(error) }),
    )
  }
}
