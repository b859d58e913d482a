import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'pg'
import type { CacheTypes, Loader, Loaders } from '../app.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { queryOne, QUERIES } from './queries.ts'
import type { Random } from './random.ts'

/** Milliseconds at most. */
const WORK = 8

/**
 * What an application would write by hand: for each cache without a query of its own, how its value is read. A loader does
 * something with its row before it returns, so that changes come in between and its value is wrong before it is there.
 */
export function openLoaders(
  { caches }: Manifest,
  connectionString: string,
  random: Random,
): AsyncDisposable & { loaders: Loaders<CacheTypes> } {
  const pool = new Pool({ connectionString, max: 4, application_name: 'application' })
  pool.on('error', () => {})
  const own = Object.entries(QUERIES).filter(([name]) => caches[name]?.query === undefined)
  const loaders = own.map(([name, query]) => {
    const text = queryOne(query)
    const load: Loader<object, unknown> = async (params) => {
      const values = query.params.map((param) => (params as Record<string, unknown>)[param.name])
      const { rows } = await pool.query<{ value: unknown }>({ name, text, values })
      await pause(random() * WORK)
      return rows[0]?.value ?? null
    }
    return [name, load]
  })
  return {
    loaders: Object.fromEntries(loaders) as Loaders<CacheTypes>,
    [Symbol.asyncDispose]: () => pool.end(),
  }
}
