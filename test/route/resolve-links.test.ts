import test from 'ava'
import type { ManifestPath } from '../../src/manifest/manifest.ts'
import { mapLinks, type Resolved } from '../../src/route/map-links.ts'
import { createLinkResolver } from '../../src/route/resolve-links.ts'
import { createClock } from '../helpers/clock.ts'
import { createDeferred, type Deferred, settle } from '../helpers/deferred.ts'

const PATH: ManifestPath = {
  cache: 'dashboard',
  columns: 1,
  joins: 1,
  params: [{ kind: 'found', name: 'user_id', index: 0 }],
  sql: 'SELECT user_id FROM agents WHERE id = ANY($1)',
}
const MIXED: ManifestPath = {
  cache: 'report',
  columns: 2,
  joins: 1,
  params: [
    { kind: 'found', name: 'user_id', index: 1 },
    { kind: 'sent', name: 'month', index: 1 },
    { kind: 'text', name: 'kind', text: 'k' },
  ],
  sql: 'SELECT place, user_id ...',
}

/** A resolver whose queries end when the test says so. */
function createBench(limits: { readonly batch?: number; readonly queue?: number } = {}) {
  const clock = createClock()
  const queries: {
    readonly asked: readonly unknown[]
    readonly answer: Deferred<readonly (readonly unknown[])[]>
  }[] = []
  const applied: (Resolved | undefined)[] = []
  const failures: unknown[] = []
  const { resolve } = createLinkResolver({
    query: async (_text, asked) => {
      const answer = createDeferred<readonly (readonly unknown[])[]>()
      queries.push({ asked, answer })
      return await answer.promise
    },
    clock,
    batch: limits.batch ?? 100,
    queue: limits.queue ?? 1_000,
    timeout: 2_000,
    apply: (_path, resolved) => applied.push(resolved),
    failed: (error) => failures.push(error),
  })
  return { clock, queries, applied, failures, resolve }
}

test('links that come while a query runs wait for the next one, since its snapshot may be older', async (t) => {
  const { resolve, queries, applied } = createBench()
  const first = resolve(PATH, ['a1'])
  await settle()
  const second = resolve(PATH, ['a1'])
  const third = resolve(PATH, ['a2', 'a1'])
  await settle()
  t.deepEqual(
    queries.map(({ asked }) => asked),
    [[['a1']]],
  )
  queries[0]?.answer.resolve([['u1']])
  await first
  await settle()
  t.deepEqual(queries.map(({ asked }) => asked).slice(1), [[['a1', 'a2']]])
  queries[1]?.answer.resolve([['u2'], ['u3']])
  await Promise.all([second, third])
  t.deepEqual(
    applied.map((resolved) => resolved?.values),
    [['u1'], ['u2', 'u3']],
  )
})

test('two paths do not wait for each other', async (t) => {
  const { resolve, queries } = createBench()
  void resolve(PATH, ['a1'])
  void resolve(MIXED, ['a1', '05'])
  await settle()
  t.is(queries.length, 2)
})

test('a query asks for no more links than a batch holds', async (t) => {
  const { resolve, queries } = createBench({ batch: 2 })
  void resolve(PATH, ['a0'])
  await settle()
  for (const link of ['a1', 'a2', 'a3']) void resolve(PATH, [link])
  queries[0]?.answer.resolve([])
  await settle()
  t.deepEqual(queries[1]?.asked, [['a1', 'a2']])
})

test('a look-up that fails makes the cache wrong as a whole, and the next one is tried', async (t) => {
  const { resolve, queries, applied, failures } = createBench()
  const first = resolve(PATH, ['a1'])
  await settle()
  queries[0]?.answer.reject(new Error('gone'))
  await first
  t.deepEqual(applied, [undefined])
  t.is(failures.length, 1)
  const second = resolve(PATH, ['a1'])
  await settle()
  queries[1]?.answer.resolve([])
  await second
  t.deepEqual(applied.at(-1)?.values, [])
})

test('a look-up that takes too long makes the cache wrong as a whole, once for all that wait', async (t) => {
  const { resolve, clock, applied, queries } = createBench()
  const waiting = [resolve(PATH, ['a1']), resolve(PATH, ['a2'])]
  await settle()
  clock.advance(1_000)
  waiting.push(resolve(PATH, ['a3']))
  clock.advance(1_000)
  await Promise.all(waiting)
  t.deepEqual(applied, [undefined])
  t.is(clock.pending(), 0)
  queries[0]?.answer.resolve([])
  await settle()
  const later = resolve(PATH, ['a4'])
  await settle()
  t.deepEqual(queries.at(-1)?.asked, [['a4']])
  queries.at(-1)?.answer.resolve([])
  await later
})

test('a backlog that does not fit the queue makes the cache wrong once, and the next links are looked up', async (t) => {
  const { resolve, applied, queries } = createBench({ queue: 2 })
  const waiting = ['a1', 'a2', 'a3', 'a4'].map((link) => resolve(PATH, [link]))
  await Promise.all(waiting)
  t.deepEqual(applied, [undefined])
  queries[0]?.answer.resolve([])
  await settle()
  void resolve(PATH, ['a5'])
  await settle()
  t.deepEqual(queries.at(-1)?.asked, [['a5']])
})

test('what does not fit the queue is not looked up', async (t) => {
  const { resolve, applied, queries } = createBench({ queue: 1 })
  await resolve(PATH, ['a1', 'a2'])
  t.deepEqual(applied, [undefined])
  t.is(queries.length, 0)
})

test('an answer in time leaves no timer', async (t) => {
  const { resolve, clock, queries } = createBench()
  const waiting = resolve(PATH, ['a1'])
  await settle()
  queries[0]?.answer.resolve([])
  await waiting
  t.is(clock.pending(), 0)
})

test('params of the changed row stay with the link that they were sent with', (t) => {
  const resolved = mapLinks(
    MIXED,
    ['a1', '05', 'a2', '06'],
    [
      [2, 'u2'],
      [1, 'u1'],
      [1, 'u9'],
    ],
  )
  t.deepEqual(resolved?.params, ['user_id', 'month', 'kind'])
  t.deepEqual(resolved?.values, ['u2', '06', 'k', 'u1', '05', 'k', 'u9', '05', 'k'])
})

test('an answer of another form is no answer', (t) => {
  t.is(mapLinks(PATH, ['a1'], [[null]]), undefined)
  t.is(mapLinks(MIXED, ['a1', '05'], [[2, 'u1']]), undefined)
  t.is(mapLinks(MIXED, ['a1', '05'], [['x', 'u1']]), undefined)
})
