import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import type { App, CacheTypes } from '../app.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { TableName } from './schema.ts'

/** Table and operation whose trigger is disabled. */
const TARGET = { table: 'calls', operation: 'update' } as const satisfies {
  table: TableName
  operation: string
}

/** What the writer does right afterwards, while all entries are held. */
export const SABOTAGED_WISHES = [1, 2, 3].map(() => ({ table: TARGET.table, action: TARGET.operation }))

/** Long enough that the runtime, which looks after its triggers with each heartbeat, does not notice at once. */
export const SABOTAGED_RUNTIME = { heartbeatInterval: 10_000, maxSilence: 20_000 }

/** Milliseconds since the last heartbeat between which the next one is far, and the look at the triggers over. */
const AFTER_HEARTBEAT = { min: 300, max: SABOTAGED_RUNTIME.heartbeatInterval / 2 }

/** Disables one trigger at a time when the runtime does not look; returns the statement that did. */
export async function disableTrigger(
  connectionString: string,
  { tables }: Manifest,
  app: App<CacheTypes>,
): Promise<string> {
  for (;;) {
    const { silence = 0 } = app.health()
    if (silence > AFTER_HEARTBEAT.min && silence < AFTER_HEARTBEAT.max) break
    await pause(50)
  }
  const triggers = tables.find(({ table }) => table === TARGET.table)?.triggers
  const name = triggers?.find(({ operation }) => operation === TARGET.operation)?.name ?? ''
  const client = new Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  try {
    const text = `ALTER TABLE ${TARGET.table} DISABLE TRIGGER ${client.escapeIdentifier(name)}`
    await client.query(text)
    return text
  } finally {
    await client.end()
  }
}
