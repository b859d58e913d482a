import { Pool } from 'pg'

/** What a run of the load generator came to. */
export type Outcome = { readonly reads: number; readonly writes: number; readonly failed: number }

export type LoadOptions = {
  /** Address of the API, without a slash at its end. */
  readonly url: string
  readonly users: readonly string[]
  readonly agents: readonly string[]
  readonly clients: number
  /** How many requests each client sends. */
  readonly requests: number
}

/** One request in so many is a write. */
const WRITE_EVERY = 20

/** Clients that look at dashboards, of which a few begin and end calls. */
export async function generateLoad({ url, users, agents, clients, requests }: LoadOptions): Promise<Outcome> {
  const outcome = { reads: 0, writes: 0, failed: 0 }
  const pick = (ids: readonly string[]): string => ids[Math.floor(Math.random() * ids.length)] ?? ''
  const send = async (path: string, body?: object): Promise<Response> => {
    const response = await fetch(
      `${url}${path}`,
      body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    )
    if (!response.ok) outcome.failed += 1
    return response
  }
  const write = async (): Promise<void> => {
    const begun = await send('/calls', { user_id: pick(users), agent_id: pick(agents) })
    const { id } = (await begun.json()) as { id: string }
    await send(`/calls/${id}/end`, { seconds: Math.ceil(Math.random() * 600) })
    outcome.writes += 2
  }
  const read = async (): Promise<void> => {
    const path =
      Math.random() < 0.7 ? `/users/${pick(users)}/dashboard` : `/agents/${pick(agents)}/performance`
    await (await send(path)).text()
    outcome.reads += 1
  }
  const client = async (): Promise<void> => {
    for (let n = 1; n <= requests; n += 1) await (n % WRITE_EVERY === 0 ? write() : read())
  }
  await Promise.all(Array.from({ length: clients }, client))
  return outcome
}

if (process.argv[1]?.endsWith('load.js')) {
  const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? 'postgres://localhost/calls' })
  const ids = async (table: 'users' | 'agents'): Promise<string[]> =>
    (await pool.query<{ id: string }>(`SELECT id FROM ${table} LIMIT 1000`)).rows.map(({ id }) => id)
  const url = process.env['API_URL'] ?? 'http://127.0.0.1:3000'
  const outcome = await generateLoad({
    url,
    users: await ids('users'),
    agents: await ids('agents'),
    clients: 8,
    requests: Number(process.env['REQUESTS'] ?? 2_000),
  })
  console.log(JSON.stringify(outcome))
  await pool.end()
}
