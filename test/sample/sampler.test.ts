import test from 'ava'
import type { Held } from '../../src/cache/inspection.ts'
import { Sampler, type SampleSubject, type Sample } from '../../src/sample/sampler.ts'
import { createClock, type ManualClock } from '../helpers/clock.ts'

type Bench = {
  readonly sampler: Sampler
  readonly samples: Sample[]
  readonly clock: ManualClock
  /** What the database says; a held value that differs from it is wrong. */
  readonly database: Map<string, unknown>
  readonly entries: Map<string, { value: unknown; served: boolean }>
  readonly hooks: { barrier: () => Promise<void> }
}

function createBench(options: Partial<ConstructorParameters<typeof Sampler>[0]> = {}): Bench {
  const database = new Map<string, unknown>()
  const entries: Bench['entries'] = new Map()
  const hooks = { barrier: async () => {} }
  const samples: Sample[] = []
  const clock = createClock()
  const subject: SampleSubject = {
    name: 'profile',
    size: 0,
    *held(): Generator<Held<unknown>> {
      for (const [id, entry] of entries) {
        const isServed = (): boolean => entry.served && entries.get(id) === entry
        yield { params: { id }, value: entry.value, inspection: { state: 'held', age: 5 }, isServed }
      }
    },
    load: async ({ id }) => {
      if (!database.has(String(id))) throw new Error('no such row')
      return await Promise.resolve(database.get(String(id)))
    },
  }
  const sampler = new Sampler({
    perSecond: 2,
    subjects: [subject],
    barrier: async () => await hooks.barrier(),
    sampled: (sample) => samples.push(sample),
    clock,
    random: () => 0,
    ...options,
  })
  return { sampler, samples, clock, database, entries, hooks }
}

test('a held value that the database does not have is found, with the evidence but not the values', async (t) => {
  const { sampler, samples, database, entries } = createBench()
  database.set('1', { name: 'Eve' })
  entries.set('1', { value: { name: 'secret' }, served: true })
  sampler.note('profile', { table: 'users', operation: 'update', appliedAt: 1 })
  sampler.note('profile', { table: 'users', operation: 'delete', appliedAt: 2 })
  sampler.note('other', { table: 'users', operation: 'insert', appliedAt: 3 })
  await sampler.sample()
  const { evidence } = samples[0] ?? {}
  t.is(samples[0]?.result, 'wrong')
  t.like(evidence, { cache: 'profile', params: { id: '1' }, entry: { age: 5 } })
  t.regex(evidence?.held ?? '', /^[0-9a-f]{16}$/)
  t.not(evidence?.held, evidence?.loaded)
  t.deepEqual(
    evidence?.changes.map(({ operation }) => operation),
    ['delete', 'update'],
  )
  t.false(JSON.stringify(evidence).includes('secret'))
  t.like(sampler.truth(), { right: 0, wrong: 1, moved: 0, failed: 0 })
  t.deepEqual(sampler.truth().evidence, [evidence])
})

test('equal values are right, whoever made the objects', async (t) => {
  const { sampler, samples, database, entries } = createBench()
  database.set('1', { at: new Date(5), tags: ['a'] })
  entries.set('1', { value: { at: new Date(5), tags: ['a'] }, served: true })
  await sampler.sample()
  t.deepEqual(samples, [{ cache: 'profile', result: 'right' }])
})

test('a change that comes between the load and the barrier is no wrong value', async (t) => {
  const { sampler, samples, database, entries, hooks } = createBench()
  const entry = { value: 'old', served: true }
  entries.set('1', entry)
  database.set('1', 'new')
  hooks.barrier = async () => {
    entry.served = false
    await Promise.resolve()
  }
  await sampler.sample()
  t.deepEqual(samples, [{ cache: 'profile', result: 'moved' }])
})

test('a loader or a barrier that fails says nothing of the value', async (t) => {
  const { sampler, samples, database, entries, hooks } = createBench()
  entries.set('1', { value: 'a', served: true })
  await sampler.sample()
  database.set('1', 'b')
  hooks.barrier = async () => await Promise.reject(new Error('silent'))
  await sampler.sample()
  t.deepEqual(
    samples.map(({ result }) => result),
    ['failed', 'failed'],
  )
  t.is(sampler.truth().wrongAtMost, 1)
})

test('each entry is compared before one comes again', async (t) => {
  const { sampler, samples, database, entries } = createBench()
  for (const id of ['1', '2', '3']) {
    database.set(id, id)
    entries.set(id, { value: id === '2' ? 'wrong' : id, served: true })
  }
  for (let turn = 0; turn < 6; turn += 1) await sampler.sample()
  t.deepEqual(
    samples.map(({ result }) => result),
    ['right', 'wrong', 'right', 'right', 'wrong', 'right'],
  )
})

test('samples are taken at the set rate, one after the other, until it is closed', async (t) => {
  const { sampler, samples, clock, database, entries } = createBench()
  database.set('1', 'a')
  entries.set('1', { value: 'a', served: true })
  sampler.start()
  clock.advance(499)
  t.is(samples.length, 0)
  for (let turn = 1; turn <= 3; turn += 1) {
    clock.advance(500)
    await new Promise((resolve) => setImmediate(resolve))
    t.is(samples.length, turn)
  }
  await sampler.close()
  clock.advance(5_000)
  await new Promise((resolve) => setImmediate(resolve))
  t.is(samples.length, 3)
  t.is(clock.pending(), 0)
})

test('what counts as equal can be told', async (t) => {
  const { sampler, samples, database, entries } = createBench({ equals: (a, b) => String(a) === String(b) })
  database.set('1', 5)
  entries.set('1', { value: '5', served: true })
  await sampler.sample()
  t.is(samples[0]?.result, 'right')
})
