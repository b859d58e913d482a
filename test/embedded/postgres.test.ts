import test from 'ava'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { findPort } from '../../src/embedded/port.ts'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { startPostgres, startPostgresIn } from '../../src/embedded/postgres.ts'
import { StalemateError } from '../../src/errors.ts'
import { createServer } from '../helpers/server.ts'
import { withClient } from '../helpers/template.ts'
import { createSurroundings } from './surroundings.ts'

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function occupyPort(t: { teardown(end: () => void): void }): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  return (server.address() as AddressInfo).port
}

const show = (url: string, setting: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [setting])
    return rows[0]?.value
  })

let common: EmbeddedPostgres

test.before(async () => {
  common = await startPostgres({ settings: { work_mem: '5MB', cluster_name: `it's a \\ test` } })
})

test.after.always(() => common.stop())

test('a server answers over TCP, with the settings that a feed needs and those that were given', async (t) => {
  const { connectionString, version } = common
  t.is(await show(connectionString, 'wal_level'), 'logical')
  t.is(await show(connectionString, 'synchronous_commit'), 'on')
  t.is(await show(connectionString, 'TimeZone'), 'UTC')
  t.is(await show(connectionString, 'work_mem'), '5MB')
  t.is(await show(connectionString, 'cluster_name'), `it's a \\ test`)
  t.true((await show(connectionString, 'server_version'))?.startsWith(version))
})

test('a server answers on its unix socket', async (t) => {
  const { socketDir, port } = common
  const url = `postgresql:///postgres?host=${socketDir}&port=${port}&user=postgres`
  t.is(await show(url, 'port'), String(port))
})

test('a server turns away over TCP who does not know the password', async (t) => {
  const url = new URL(common.connectionString)
  url.password = 'guess'
  await t.throwsAsync(show(url.href, 'port'), { message: /password authentication failed/ })
})

test('two servers run at once, each with its own data', async (t) => {
  const [one, two] = await Promise.all([createServer(t), createServer(t)])
  await withClient(one.connectionString, (client) => client.query('CREATE TABLE only_here ()'))
  t.not(one.port, two.port)
  await t.throwsAsync(
    withClient(two.connectionString, (client) => client.query('TABLE only_here')),
    { message: /does not exist/ },
  )
})

test('a port that a stranger took is given up for another', async (t) => {
  const taken = await occupyPort(t)
  const offered = [taken, await findPort()]
  const surroundings = await createSurroundings(t, { findPort: async () => offered.shift() ?? taken })
  await using server = await startPostgresIn(surroundings)
  t.not(server.port, taken)
  t.is(await show(server.connectionString, 'port'), String(server.port))
})

test('a taken port that was asked for is an error, and nothing is left', async (t) => {
  const surroundings = await createSurroundings(t)
  const port = await occupyPort(t)
  const error = await t.throwsAsync(startPostgresIn(surroundings, { port }), { instanceOf: StalemateError })
  t.is(error.code, 'embedded-failed')
  t.regex(error.message, /could not bind IPv4 address/)
  t.deepEqual(await readdir(surroundings.tempDir), [])
})

test('a bad setting is an error that ends with the log of the server, and nothing is left', async (t) => {
  const surroundings = await createSurroundings(t)
  const error = await t.throwsAsync(
    startPostgresIn(surroundings, { settings: { max_connections: 'many' } }),
    {
      instanceOf: StalemateError,
    },
  )
  t.is(error.code, 'embedded-failed')
  t.regex(error.message, /invalid value for parameter "max_connections": "many"/)
  t.truthy(error.hint)
  t.deepEqual(await readdir(surroundings.tempDir), [])
})

for (const [what, settings] of [
  ['a name', { 'a = b': '1' }],
  ['a value of two lines', { work_mem: '1MB\nport = 1' }],
] as const) {
  test(`${what} that would add a line to the settings is refused, and nothing is left`, async (t) => {
    const surroundings = await createSurroundings(t)
    const error = await t.throwsAsync(startPostgresIn(surroundings, { settings }), {
      instanceOf: StalemateError,
    })
    t.is(error.code, 'option-invalid')
    t.deepEqual(await readdir(surroundings.tempDir), [])
  })
}

test('a start that is given up leaves nothing', async (t) => {
  const controller = new AbortController()
  const surroundings = await createSurroundings(t, {
    findPort: async () => {
      controller.abort(new Error('enough'))
      return findPort()
    },
  })
  await t.throwsAsync(startPostgresIn(surroundings, { signal: controller.signal }), { message: 'enough' })
  t.deepEqual(await readdir(surroundings.tempDir), [])
})

test('a stopped server leaves neither process nor folder', async (t) => {
  const surroundings = await createSurroundings(t)
  const server = await startPostgresIn(surroundings)
  t.true(isAlive(server.pid))
  t.is((await readdir(surroundings.tempDir)).length, 1)
  await Promise.all([server.stop(), server.stop()])
  t.false(isAlive(server.pid))
  t.deepEqual(await readdir(surroundings.tempDir), [])
  await t.throwsAsync(server.restart('fast'), { message: /was stopped/ })
})

for (const mode of ['fast', 'immediate'] as const) {
  test(`a restart that is ${mode} keeps port and data`, async (t) => {
    const server = await createServer(t)
    const { connectionString, pid } = server
    await withClient(connectionString, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'))
    await server.restart(mode)
    t.not(server.pid, pid)
    t.false(isAlive(pid))
    const { rows } = await withClient(connectionString, (client) => client.query('TABLE kept'))
    t.deepEqual(rows, [{ answer: 42 }])
  })
}
