import type { Pool } from 'pg'
import { type Applier, type ApplierSettings, createApplier } from './applier.ts'
import type { RuntimeOptions } from './options.ts'

/** What makes wrong what changes name, and looks links up over connections of the pool. */
export function openApplier(
  parts: Pick<ApplierSettings, 'manifest' | 'caches' | 'clock' | 'failed' | 'reload' | 'cancel' | 'wronged'>,
  pool: Pool,
  { linkBatch, linkQueue, linkTimeout }: RuntimeOptions,
): Applier {
  return createApplier({
    ...parts,
    query: async (text, values) => {
      const { rows } = await pool.query({ text, values: [...values], rowMode: 'array' })
      return rows
    },
    batch: linkBatch,
    queue: linkQueue,
    timeout: linkTimeout,
  })
}
