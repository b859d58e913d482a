import type { Client } from 'pg'
import { readProcessorTime } from '../write/processor.ts'
import { type Kind, type Place, updateAll, updateFew } from './statements.ts'

/** What one statement took. */
export type Sample = {
  /** Milliseconds of processor time of the backend; of the clock where the system does not tell. */
  readonly processor: number
  /** Milliseconds. */
  readonly elapsed: number
  /** Bytes. */
  readonly wal: number
}

/** Statements on few rows that the session runs before: what they had planned must do for many. */
const WARMING = 24

export async function measureStatement(
  client: Client,
  table: string,
  kind: Kind,
  place: Place,
): Promise<Sample> {
  const pids = [(client as unknown as { processID: number }).processID]
  const statement = updateAll(table, kind)
  if (place === 'anew') await client.query(`VACUUM ${table}`)
  for (let turn = 0; turn < WARMING; turn += 1) await client.query(updateFew(table, 1 + (turn % 3)))
  const position = await readPosition(client)
  const before = readProcessorTime(pids)
  const start = performance.now()
  await client.query(statement)
  const elapsed = performance.now() - start
  const after = readProcessorTime(pids)
  const wal = (await readPosition(client)) - position
  const isTold = before !== undefined && after !== undefined
  return { processor: isTold ? (after - before) / 1_000_000 : elapsed, elapsed, wal }
}

async function readPosition(client: Client): Promise<number> {
  const { rows } = await client.query<{ position: string }>(
    `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text AS position`,
  )
  return Number(rows[0]?.position)
}
