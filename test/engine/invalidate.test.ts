import test, { type ExecutionContext } from 'ava'
import type { App, CreateOptions } from '../../src/app.ts'
import { createStalemate } from '../../src/engine.ts'
import type { Events } from '../../src/observe/events.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { INSTALLED, type InstalledCaches, MANIFEST } from '../helpers/installed.ts'

type Given = Partial<CreateOptions<InstalledCaches>>

async function open(t: ExecutionContext, database: TestDatabase, given: Given = {}) {
  const app = await createStalemate<InstalledCaches>({
    manifest: MANIFEST,
    connection: { connectionString: database.connectionString },
    loaders: { profile: ({ id }) => `user ${id}`, motd: () => 'hello' },
    ...given,
  })
  t.teardown(() => app.close())
  await app.ready
  return app
}

async function fill(...apps: readonly App<InstalledCaches>[]): Promise<void> {
  for (const { caches } of apps) {
    for (const id of [1, 2]) await caches.profile.get({ id })
    await caches.motd.get({})
  }
}

const held = ({ caches }: App<InstalledCaches>): readonly (string | undefined)[] => [
  ...[1, 2].map((id) => caches.profile.peek({ id })),
  caches.motd.peek({}),
]

function once<K extends keyof Events>(app: App<InstalledCaches>, kind: K): Promise<Events[K]> {
  return new Promise((resolve) => {
    const undo = app.on(kind, (event) => {
      undo()
      resolve(event)
    })
  })
}

test('an invalidation reaches every runtime of the ruleset, in order with the changes', async (t) => {
  const database = await createDatabase(t, { template: INSTALLED })
  const [here, there] = [await open(t, database), await open(t, database)]
  await fill(here, there)
  const work = here.caches.profile.invalidate({ id: 1 })
  t.deepEqual(held(here), [undefined, 'user 2', 'hello'])
  t.deepEqual(await work, { dropped: 1, whole: [], sent: true })
  await there.sync()
  t.deepEqual(held(there), [undefined, 'user 2', 'hello'])
  await fill(here, there)
  await here.sync()
  t.deepEqual(held(here), ['user 1', 'user 2', 'hello'])
  await here.invalidate({ table: 'users' })
  await there.sync()
  t.deepEqual(held(there), [undefined, undefined, 'hello'])
  await fill(here, there)
  const heard = once(there, 'invalidation')
  await here.invalidateMany([{ pattern: 'profile:2' }, { cache: 'motd' }])
  await there.sync()
  t.deepEqual(held(there), ['user 1', undefined, undefined])
  t.like(await heard, { from: 'elsewhere', dropped: 2 })
})

test('a local invalidation stays here', async (t) => {
  const database = await createDatabase(t, { template: INSTALLED })
  const [here, there] = [await open(t, database), await open(t, database)]
  await fill(here, there)
  t.like(await here.caches.profile.invalidate(undefined, { local: true }), {
    sent: false,
    whole: ['profile'],
  })
  await there.sync()
  t.deepEqual(held(here), [undefined, undefined, 'hello'])
  t.deepEqual(held(there), ['user 1', 'user 2', 'hello'])
})

test('a message of another runtime that cannot be read gives up everything', async (t) => {
  const database = await createDatabase(t, { template: INSTALLED })
  const app = await open(t, database)
  await fill(app)
  await database.query('SELECT pg_notify($1, $2)', [
    'stalemate_r',
    JSON.stringify({ v: 1, c: 'invalidate', n: 'x', b: { targets: [['profile', ['id']]] } }),
  ])
  await app.sync()
  t.deepEqual(held(app), [undefined, undefined, undefined])
  t.is(app.stats().gaps, 2)
})

test('a tier hears of changes, of invalidations from elsewhere and of gaps, and sync waits for it', async (t) => {
  const database = await createDatabase(t, { template: INSTALLED })
  const told: string[] = []
  let refuse = 0
  const tier = {
    name: 'shared',
    invalidate(list: readonly { cache: string; params: object }[]) {
      if ((refuse -= 1) >= 0) throw new Error('refused')
      for (const { cache, params } of list) told.push(`${cache} ${JSON.stringify(params)}`)
    },
  }
  const here = await open(t, database, { tiers: [tier], invalidationPauseBase: 1 })
  const there = await open(t, database)
  await here.sync()
  // Once for what was missed before the start, once for what it missed until the triggers had been looked at.
  t.deepEqual(told.splice(0), ['profile {}', 'motd {}', 'profile {}', 'motd {}'])
  await fill(here, there)
  refuse = 2
  await database.query("UPDATE users SET name = 'Eve' WHERE id = 1")
  await here.sync()
  t.deepEqual(told.splice(0), ['profile {"id":1}'])
  await there.caches.motd.invalidate()
  await here.sync()
  t.deepEqual(told.splice(0), ['motd {}'])
})

test('a barrier gives up waiting when its time is over, or when it is told', async (t) => {
  const database = await createDatabase(t, { template: INSTALLED })
  const tier = { name: 'slow', invalidate: () => new Promise<void>(() => {}) }
  const app = await open(t, database, { tiers: [tier] })
  await t.throwsAsync(app.sync({ timeout: 20 }), { code: 'sync-timeout' })
  const abort = new AbortController()
  const waiting = app.sync({ signal: abort.signal })
  abort.abort(new Error('enough'))
  await t.throwsAsync(waiting, { message: 'enough' })
  await t.throwsAsync(app.sync({ signal: AbortSignal.abort(new Error('before')) }), { message: 'before' })
})

test('a runtime that is closed refuses', async (t) => {
  const database = await createDatabase(t, { template: INSTALLED })
  const app = await open(t, database)
  await app.close()
  await t.throwsAsync(app.invalidate({ cache: 'motd' }), { code: 'closed' })
  await t.throwsAsync(app.invalidateMany([]), { code: 'closed' })
  await t.throwsAsync(app.sync(), { code: 'closed' })
})
