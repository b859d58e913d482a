import { serve } from '@hono/node-server'
import { readFile } from 'node:fs/promises'
import { Pool } from 'pg'
import { createDashboard } from 'stalemate/dashboard'
import { registerMetrics } from 'stalemate/prometheus'
import { createApi, OPS } from './api.ts'
import { openCaches } from './stalemate.ts'

const connectionString = process.env['DATABASE_URL'] ?? 'postgres://localhost/calls'
const token = process.env['DASHBOARD_TOKEN']

const pool = new Pool({ connectionString })
const app = await openCaches(connectionString, pool)
registerMetrics(app)

const read = async (path: string): Promise<string> => await readFile(path, 'utf8')
const dashboard = createDashboard(app, {
  basePath: OPS,
  rules: { 'rules/calls.yaml': await read('rules/calls.yaml') },
  compiled: { queries: await read('generated/queries.lock.json') },
  audit: (event) => console.log(JSON.stringify(event)),
  ...(token === undefined ? {} : { token }),
})

const port = Number(process.env['PORT'] ?? 3000)
const server = serve(
  { fetch: createApi({ app, pool, dashboard }).fetch, port, hostname: '127.0.0.1' },
  (at) => {
    console.log(`http://127.0.0.1:${at.port}, what it does at http://127.0.0.1:${at.port}${OPS}/`)
  },
)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    dashboard.close()
    server.close(() => void app.close().then(() => pool.end()))
  })
}
