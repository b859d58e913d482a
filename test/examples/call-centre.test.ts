import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { createDatabase } from '../helpers/database.ts'
import { runCommand } from '../helpers/io.ts'
import { buildExample, copyExample } from './build-example.ts'
import { runProgram } from './run-program.ts'

const TOKEN = '0123456789abcdef0123456789abcdef'

test('the call centre is compiled, built and run as its README says, and its answers are never stale', async (t) => {
  const cwd = await copyExample(t, 'call-centre')
  const read = async (file: string): Promise<string> => await readFile(join(cwd, file), 'utf8')
  const database = await createDatabase(t, {
    sql: `${await read('schema.sql')}${await read('seed.sql')}`,
  })
  const commands = [...(await read('README.md')).matchAll(/^npx stalemate (.*)$/gm)].map(
    ([, line = '']) => line,
  )
  t.deepEqual(
    commands.map((line) => line.split(' ')[0]),
    ['compile', 'apply'],
  )
  for (const line of commands) {
    const argv = line.replace('postgres://localhost/calls', database.connectionString).split(' ')
    const { code, stdout, stderr } = await runCommand(argv, { cwd })
    t.is(code, 0, `${line}\n${stdout}${stderr}`)
  }
  t.deepEqual(buildExample(cwd), [])

  const env = { DATABASE_URL: database.connectionString, DASHBOARD_TOKEN: TOKEN, PORT: '0' }
  const api = runProgram(t, join(cwd, 'dist/src/main.js'), cwd, env)
  const [url = ''] = /http:\S+:\d+/.exec(await api.line(/^http:/)) ?? []
  const ask = async (path: string, body?: object): Promise<Response> =>
    await fetch(`${url}${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
  const json = async (path: string): Promise<unknown> => await (await ask(path)).json()

  const { rows } = await database.query<{
    user_id: string
    agent_id: string
    calls: number
    seconds: number
  }>(
    `SELECT user_id, min(agent_id::text) AS agent_id, count(*)::int AS calls, sum(duration)::int AS seconds
     FROM calls GROUP BY user_id LIMIT 1`,
  )
  const [{ user_id, agent_id, calls, seconds } = { user_id: '', agent_id: '', calls: 0, seconds: 0 }] = rows
  const dashboard = `/users/${user_id}/dashboard`
  t.like(await json(dashboard), { calls, seconds })
  const { completed } = (await json(`/agents/${agent_id}/performance`)) as { completed: number }

  const { id } = (await (await ask('/calls', { user_id, agent_id })).json()) as { id: string }
  t.is((await ask(`/calls/${id}/end`, { seconds: 100 })).status, 204)
  /** A change needs a moment to arrive; what is asked for must come to it, and within a bound. */
  const becomes = async (path: string, expected: object): Promise<void> => {
    const end = performance.now() + 30_000
    for (;;) {
      const found = (await json(path)) as object
      if (
        Object.entries(expected).every(([name, value]) => (found as Record<string, unknown>)[name] === value)
      )
        return
      if (performance.now() > end) t.like(found, expected)
      if (performance.now() > end) return
    }
  }
  await becomes(dashboard, { calls: calls + 1, seconds: seconds + 100 })
  await becomes(`/agents/${agent_id}/performance`, { completed: completed + 1 })
  // And whoever else writes.
  await database.query(`UPDATE users SET name = 'Ada' WHERE id = $1`, [user_id])
  await becomes(dashboard, { name: 'Ada' })

  t.is((await ask('/users/nobody/dashboard')).status, 400)
  t.is((await ask('/users/00000000-0000-4000-8000-000000000000/dashboard')).status, 404)
  t.deepEqual(await json('/health'), { state: 'live' })

  const load = runProgram(t, join(cwd, 'dist/src/load.js'), cwd, { ...env, API_URL: url, REQUESTS: '40' })
  t.is(await load.ended, 0, load.output())
  t.deepEqual(JSON.parse(load.output()), { reads: 304, writes: 32, failed: 0 })

  t.regex(
    await (await ask('/metrics')).text(),
    /stalemate_reads_total\{cache="dashboard",result="hit"\} [1-9]/,
  )
  const state = (await json('/ops/api/state')) as {
    ruleset: string
    warming: { name: string; last?: { state: string; progress: { loaded: number } } }[]
  }
  t.is(state.ruleset, 'calls')
  t.like(state.warming[0], { name: 'recent-users', last: { state: 'done' } })
  t.true((await (await ask('/ops/')).text()).includes('/ops/assets/main.js'))
  const explained = (await json('/ops/api/explain?target=dashboard')) as { ok: boolean }
  t.true(explained.ok)
  t.is(await api.end(), 0, api.output())
})
