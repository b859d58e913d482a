import { execFile } from 'node:child_process'
import { appendFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { createServer } from './server.ts'
import type { Test } from './test.ts'

export type Standby = { readonly connectionString: string }

/** A streaming standby of a server, made of a copy of its data in the place of another server's. */
export async function createStandby(t: Test, primary: EmbeddedPostgres): Promise<Standby> {
  const server = await createServer(t)
  const copy = join(server.dataDir, '..', 'copy')
  const client = new Client(primary.connectionString)
  await client.connect()
  try {
    await client.query(`SELECT pg_backup_start('standby', true)`)
    await promisify(execFile)('cp', ['-a', primary.dataDir, copy])
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    await writeFile(join(copy, 'backup_label'), rows[0]?.labelfile ?? '')
  } finally {
    await client.end()
  }
  const conninfo = primary.connectionString.replaceAll("'", '')
  await appendFile(join(copy, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`)
  await writeFile(join(copy, 'standby.signal'), '')
  await promisify(execFile)('cp', ['-a', join(server.dataDir, 'postgresql.conf'), copy])
  await promisify(execFile)('chown', ['-R', '--reference', server.dataDir, copy])
  await promisify(execFile)('rm', ['-f', join(copy, 'postmaster.pid'), join(copy, 'postmaster.opts')])
  await rename(server.dataDir, join(server.dataDir, '..', 'old'))
  await rename(copy, server.dataDir)
  await server.restart('immediate')
  const url = new URL(primary.connectionString)
  url.port = String(server.port)
  return { connectionString: url.href }
}
