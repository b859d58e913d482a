import type { Pool } from 'pg'
import { type App, createStalemate } from 'stalemate'
import { type Caches, manifest } from '../generated/caches.ts'

export type Performance = { readonly name: string; readonly completed: number; readonly seconds: number }

/** `dashboard` has its type from its query; what a loader gives has the type that is said here. */
export type Types = Caches & { performance: { value: Performance | null } }

const PERFORMANCE = `
SELECT a.name, count(c.id)::int AS completed, coalesce(sum(c.duration), 0)::int AS seconds
FROM agents a LEFT JOIN calls c ON c.agent_id = a.id AND c.status = 'completed'
WHERE a.id = $1 GROUP BY a.id`

export async function openCaches(connectionString: string, pool: Pool): Promise<App<Types>> {
  return await createStalemate<Types>({
    manifest,
    connection: { connectionString },
    loaders: {
      performance: async ({ agent_id }) => {
        const { rows } = await pool.query<Performance>(PERFORMANCE, [agent_id])
        return rows[0] ?? null
      },
    },
  })
}
