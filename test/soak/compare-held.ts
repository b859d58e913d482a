import type { Client } from 'pg'
import type { ReaderReport } from './messages.ts'
import { type CacheName, CACHES } from './world.ts'
import type { Stale } from './judge.ts'

type Held = Extract<ReaderReport, { kind: 'held' }>['values']

/** Compares what is held with the database, while nothing writes: what is not the same is stale. */
export async function compareHeld(held: Held, client: Client): Promise<readonly Stale[]> {
  const stale: Stale[] = []
  for (const [cache, key, rows] of held) {
    const expected = JSON.stringify(await readState(client, cache, key))
    if (JSON.stringify(rows) === expected) continue
    stale.push({ cache, key, rows, asOf: 0, why: `held, while the database has ${expected}` })
  }
  return stale
}

async function readState(client: Client, cache: CacheName, key: number): Promise<unknown> {
  const { rows } = await client.query({
    name: cache,
    text: CACHES[cache].query,
    values: [key],
    rowMode: 'array',
  })
  return rows
}
