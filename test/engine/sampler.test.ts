import test, { type ExecutionContext } from 'ava'
import { createStalemate } from '../../src/engine.ts'
import type { Sample } from '../../src/sample/sampler.ts'
import type { App } from '../../src/app.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { INSTALLED, type InstalledCaches, MANIFEST } from '../helpers/installed.ts'
import { waitFor } from '../helpers/wait.ts'

type Bench = {
  readonly app: App<InstalledCaches>
  readonly database: TestDatabase
  readonly samples: Sample[]
}

async function createBench(t: ExecutionContext): Promise<Bench> {
  const database = await createDatabase(t, { template: INSTALLED })
  const app = await createStalemate<InstalledCaches>({
    manifest: MANIFEST,
    connection: { connectionString: database.connectionString },
    sampler: { perSecond: 200, caches: ['profile'] },
    loaders: {
      profile: async ({ id }) => {
        const { rows } = await database.query<{ name: string }>('SELECT name FROM users WHERE id = $1', [id])
        return rows[0]?.name ?? ''
      },
      motd: () => 'hello',
    },
  })
  t.teardown(() => app.close())
  const samples: Sample[] = []
  app.on('sample', (sample) => samples.push(sample))
  await app.ready
  return { app, database, samples }
}

async function sampled(app: App<InstalledCaches>, accept: (sample: Sample) => boolean): Promise<Sample> {
  return await new Promise((resolve) => {
    const undo = app.on('sample', (sample) => {
      if (!accept(sample)) return
      undo()
      resolve(sample)
    })
  })
}

test('a write with triggers off is found by sampling', async (t) => {
  const { app, database } = await createBench(t)
  await app.caches.profile.get({ id: 1 })
  await sampled(app, ({ result }) => result === 'right')
  const wrong = sampled(app, ({ result }) => result === 'wrong')
  const writer = await database.connect()
  await writer.query("SET session_replication_role = replica; UPDATE users SET name = 'Eve' WHERE id = 1")
  const { evidence } = await wrong
  t.like(evidence, { cache: 'profile', params: { id: 1 }, changes: [] })
  const { truth } = app.stats()
  t.true((truth?.wrong ?? 0) > 0)
  t.true((truth?.nines ?? 9) < 1.5)
})

test('sampling does not cry wolf while a writer changes what is held all the time', async (t) => {
  const { app, database, samples } = await createBench(t)
  const enough = new AbortController()
  const write = async (): Promise<void> => {
    for (let turn = 0; !enough.signal.aborted; turn += 1)
      await database.query('UPDATE users SET name = $1', [`n${turn}`])
  }
  const read = async (): Promise<void> => {
    while (!enough.signal.aborted) {
      await app.caches.profile.get({ id: 1 })
      await app.caches.profile.get({ id: 2 })
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const work = Promise.all([write(), read()])
  const drawn = new Promise<void>((resolve) => {
    app.on('sample', () => {
      if (samples.length >= 60) resolve()
    })
  })
  await Promise.race([waitFor(drawn, 'sixty samples'), work])
  enough.abort()
  await work
  t.deepEqual(
    samples.filter(({ result }) => result === 'wrong'),
    [],
  )
  t.true(samples.some(({ result }) => result === 'moved'))
})

test('a sampler that cannot be is refused', async (t) => {
  const options = { manifest: MANIFEST, connection: {}, loaders: { profile: () => '', motd: () => '' } }
  const create = async (sampler: { perSecond: number; caches?: string[] }): Promise<unknown> =>
    await createStalemate<InstalledCaches>({ ...options, sampler })
  await t.throwsAsync(create({ perSecond: 0 }), { code: 'option-invalid', message: /sampler\.perSecond/ })
  await t.throwsAsync(create({ perSecond: 1, caches: ['profil'] }), {
    code: 'option-invalid',
    message: /profil/,
  })
})
