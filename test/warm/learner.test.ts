import test, { type ExecutionContext } from 'ava'
import { Cache } from '../../src/cache/cache.ts'
import type { HabitStore } from '../../src/warm/habit-store.ts'
import { createLearner, type Learner } from '../../src/warm/learner.ts'
import { createClock } from '../helpers/clock.ts'
import { settle } from '../helpers/deferred.ts'

const HOUR = 3_600_000
const WEEK = 168 * HOUR
/** A Monday, 8:00. */
const MONDAY = new Date(2026, 0, 5, 8).getTime()
const NUMBER = Math.floor(MONDAY / HOUR)
const { signal } = new AbortController()

function createStore(): HabitStore & { readonly writes: () => number; readonly text: () => string } {
  let text: string | undefined
  let writes = 0
  return {
    read: async () => await Promise.resolve(text),
    update: async (_, change) => {
      text = change(text)
      writes += 1
      await Promise.resolve()
    },
    writes: () => writes,
    text: () => text ?? '',
  }
}

function createInstance(t: ExecutionContext, store: HabitStore, begin: number) {
  const clock = createClock()
  const from = clock.now()
  const failures: unknown[] = []
  const learner: Learner = createLearner({
    caches: [{ name: 'item', params: [{ name: 'id', type: 'int' }], limit: 100 }],
    store,
    clock,
    time: () => begin + clock.now() - from,
    failed: (error) => failures.push(error),
  })
  const cache = new Cache<unknown>({
    name: 'item',
    params: [{ name: 'id', type: 'int' }],
    ttl: 10 * 60_000,
    jitter: 0,
    max: 50,
    partial: [],
    now: clock.now,
    random: Math.random,
    load: ({ id }) => id,
    ...learner.hooks('item'),
  })
  cache.trustedUntil = Infinity
  learner.add(cache)
  learner.start()
  t.teardown(() => learner.close())
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 60_000) {
      clock.advance(Math.min(left, 60_000))
      await settle()
    }
  }
  return { learner, cache, pass, failures, clock }
}

/** What is expected now, what saves most first. */
const expected = async (learner: Learner): Promise<readonly number[]> =>
  (await learner.expect('item', signal)).map(([id]) => Number(id))

test('what is read at an hour is expected at that hour a week later, by another process', async (t) => {
  const store = createStore()
  const first = createInstance(t, store, MONDAY)
  for (const id of [1, 2, 3]) await first.cache.get({ id })
  await first.pass(HOUR)
  t.is(store.writes(), 1, 'once an hour')
  await first.cache.get({ id: 4 })
  await first.learner.close()
  t.is(store.writes(), 2, 'and at the end')
  t.deepEqual(first.failures, [])
  const second = createInstance(t, store, MONDAY + WEEK - 15 * 60_000)
  t.deepEqual(
    (await expected(second.learner)).slice(0, 3).toSorted((a, b) => a - b),
    [1, 2, 3],
    'for the hour that begins soon',
  )
  const third = createInstance(t, store, MONDAY + WEEK + HOUR)
  t.is((await expected(third.learner))[0], 4)
})

test('what was loaded ahead and nobody asked for does not count, and a hit does', async (t) => {
  const store = createStore()
  const { learner, cache } = createInstance(t, store, MONDAY)
  await cache.background.reload([[1], [2], [3]])
  await cache.get({ id: 2 })
  cache.peek({ id: 3 })
  await learner.close()
  t.deepEqual(
    (await expected(createInstance(t, store, MONDAY + WEEK).learner)).toSorted((a, b) => a - b),
    [2, 3],
  )
})

test('what left before it was looked at counts, and one reload after the other is no reader', async (t) => {
  const store = createStore()
  const { learner, cache, pass } = createInstance(t, store, MONDAY)
  await cache.get({ id: 1 })
  cache.invalidateEntry([1])
  await cache.get({ id: 2 })
  await pass(HOUR)
  for (let turn = 0; turn < 5; turn += 1) {
    await cache.background.reload([[2]])
    await pass(60_000)
  }
  await learner.close()
  const [, ...habits] = store.text().split('\n')
  t.deepEqual(habits.toSorted(), [`[[1],0,${NUMBER},[32,100]]`, `[[2],0,${NUMBER},[32,100]]`])
})

test('what was asked for in this hour is expected in the next, before anything is written', async (t) => {
  const store = createStore()
  const { learner, cache, pass } = createInstance(t, store, MONDAY)
  await cache.get({ id: 1 })
  await pass(45 * 60_000)
  t.is(store.writes(), 0)
  t.deepEqual(await expected(learner), [1])
})

test('what is hardly ever asked for is not expected', async (t) => {
  const store = createStore()
  const first = createInstance(t, store, MONDAY)
  await first.cache.get({ id: 1 })
  for (let hour = 0; hour < 75; hour += 1) {
    await first.cache.get({ id: 2 })
    await first.pass(HOUR)
  }
  t.deepEqual(await expected(first.learner), [2])
})

test('of an hour no more is noted than there is room for, and no params that are long', async (t) => {
  const store = createStore()
  const { learner } = createInstance(t, store, MONDAY)
  const { asked } = learner.hooks('item')
  asked?.({ values: ['x'.repeat(201)], took: 1 })
  const kept = new Set<number>()
  for (let id = 1; id <= 600; id += 1) {
    asked?.({
      values: [id],
      get took() {
        kept.add(id)
        return 1
      },
    })
  }
  await learner.close()
  const [, ...habits] = store.text().split('\n').map((line) => JSON.parse(line) as [[number]]) // prettier-ignore
  t.is(habits.length, 400, 'four times the limit')
  t.is(kept.size, 400, 'what has no room is let go at once')
  t.deepEqual([habits[0]?.[0], habits.at(-1)?.[0]], [[1], [400]])
})

test('two instances learn together, and an entry that both were asked for counts once', async (t) => {
  const store = createStore()
  const alone = createStore()
  for (const [one, ids] of [
    [store, [1, 2]],
    [store, [2, 3]],
    [alone, [1, 2, 3]],
  ] as const) {
    // prettier-ignore
    const { learner, cache } = createInstance(t, one, MONDAY)
    for (const id of ids) await cache.get({ id })
    await learner.close()
  }
  const linesOf = (text: string): readonly string[] => text.split('\n').sort()
  t.deepEqual(linesOf(store.text()), linesOf(alone.text()))
})

test('a store that fails is reported, and closing does not wait for it for ever', async (t) => {
  const broken: HabitStore = {
    read: async () => await Promise.reject(new Error('down')),
    update: async () => await Promise.reject(new Error('down')),
  }
  const { cache, pass, failures } = createInstance(t, broken, MONDAY)
  await cache.get({ id: 1 })
  await pass(HOUR)
  t.like(failures, [{ message: 'down' }])
  const silent: HabitStore = { ...broken, update: async () => await new Promise<void>(() => {}) }
  const other = createInstance(t, silent, MONDAY)
  await other.cache.get({ id: 1 })
  const closed = other.learner.close()
  await settle()
  other.clock.advance(2_000)
  await closed
  t.pass()
})
