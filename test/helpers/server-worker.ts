import type { SharedWorker } from 'ava/plugin'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { startPostgres } from '../../src/embedded/postgres.ts'

/** What a test file asks for, and what it is told. */
export type ServerMessage =
  | { readonly kind: 'connect' }
  | { readonly kind: 'ready'; readonly connectionString: string }
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Runs in the process of ava itself, once a run, and starts the server when the first test file asks for it. The
 * server ends with that process.
 */
export default async function serve(ava: SharedWorker.FactoryOptions): Promise<void> {
  const protocol = ava.negotiateProtocol<ServerMessage>(['ava-4']).ready()
  let server: Promise<EmbeddedPostgres> | undefined
  for await (const message of protocol.subscribe()) {
    server ??= startPostgres()
    server.then(
      ({ connectionString }) => message.reply({ kind: 'ready', connectionString }),
      (error: unknown) => message.reply({ kind: 'failed', message: String(error) }),
    )
  }
}
