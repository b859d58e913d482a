import { Pool } from 'pg'
import type { CacheTypes, Loader, Loaders } from '../app.ts'
import { queryOne, QUERIES } from './queries.ts'

/** What an application would write by hand: for each cache, how its value is read. */
export function openLoaders(connectionString: string): AsyncDisposable & { loaders: Loaders<CacheTypes> } {
  const pool = new Pool({ connectionString, max: 4, application_name: 'application' })
  pool.on('error', () => {})
  const loaders = Object.entries(QUERIES).map(([name, query]) => {
    const text = queryOne(query)
    const load: Loader<object, unknown> = async (params) => {
      const values = query.params.map((param) => (params as Record<string, unknown>)[param.name])
      const { rows } = await pool.query<{ value: unknown }>({ name, text, values })
      return rows[0]?.value ?? null
    }
    return [name, load]
  })
  return {
    loaders: Object.fromEntries(loaders) as Loaders<CacheTypes>,
    [Symbol.asyncDispose]: () => pool.end(),
  }
}
