import { Client } from 'pg'
import { compileRules } from '../../src/compile.ts'
import type { FeedName, Manifest } from '../../src/manifest/manifest.ts'
import { rulesFor, TABLES } from './world.ts'

/** Makes the tables, and the triggers for the rules; returns what the runtime must know. */
export async function installWorld(connectionString: string, feed: FeedName): Promise<Manifest> {
  const { files, diagnostics } = await compileRules({ 'rules.yaml': rulesFor(feed) })
  const up = files.get('migrations/0001_initial.up.sql')
  if (up === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await client.query(TABLES)
    await client.query(up)
  } finally {
    await client.end()
  }
  return JSON.parse(files.get('manifest.json') ?? '') as Manifest
}
