import { Hono } from 'hono'
import type { Pool } from 'pg'
import { register } from 'prom-client'
import { type App, StalemateError } from 'stalemate'
import type { Dashboard } from 'stalemate/dashboard'
import type { Types } from './stalemate.ts'

export type Parts = { readonly app: App<Types>; readonly pool: Pool; readonly dashboard: Dashboard }

/** Where the dashboard is mounted. */
export const OPS = '/ops'

/** Reads ask the caches; writes are plain SQL, and tell nobody. */
export function createApi({ app, pool, dashboard }: Parts): Hono {
  const api = new Hono()

  api.get('/users/:id/dashboard', async (context) => {
    const found = await app.caches.dashboard.get({ user_id: context.req.param('id') })
    return found === null ? context.json({ error: 'There is no such user.' }, 404) : context.json(found)
  })
  api.get('/agents/:id/performance', async (context) => {
    const found = await app.caches.performance.get({ agent_id: context.req.param('id') })
    return found === null ? context.json({ error: 'There is no such agent.' }, 404) : context.json(found)
  })

  api.post('/calls', async (context) => {
    const { user_id, agent_id } = await context.req.json<{ user_id: string; agent_id: string }>()
    const insert = `INSERT INTO calls (user_id, agent_id, status) VALUES ($1, $2, 'talking') RETURNING id`
    const { rows } = await pool.query<{ id: string }>(insert, [user_id, agent_id])
    return context.json(rows[0], 201)
  })
  api.post('/calls/:id/end', async (context) => {
    const { seconds } = await context.req.json<{ seconds: number }>()
    const update = `UPDATE calls SET status = 'completed', duration = $2 WHERE id = $1`
    const { rowCount } = await pool.query(update, [context.req.param('id'), seconds])
    return rowCount === 0 ? context.json({ error: 'There is no such call.' }, 404) : context.body(null, 204)
  })

  api.get('/health', (context) => {
    const { state } = app.health()
    return context.json({ state }, state === 'live' ? 200 : 503)
  })
  api.get('/metrics', async (context) => context.text(await register.metrics()))
  api.all(`${OPS}/*`, async (context) => await dashboard.fetch(context.req.raw))

  api.onError((error, context) => {
    const isWrong = error instanceof StalemateError && error.code === 'param-invalid'
    return context.json({ error: isWrong ? error.message : 'It failed.' }, isWrong ? 400 : 500)
  })
  return api
}
