import test from 'ava'
import { createDoze } from '../../src/feed/doze.ts'
import { createFeedBench } from '../contract/feed-bench.ts'

const QUIET = '100:100:'

test('a reader that hears of a change every 200 ms does not arm the bell', (t) => {
  const doze = createDoze(true, 0)
  let next = 0
  for (let now = 0; now < 20_000;) {
    const changes = now >= next ? 1 : 0
    if (changes > 0) next = now + 200
    const { sleeps, pause } = doze.next(changes, QUIET, now)
    t.not(sleeps, true)
    now += Math.min(pause, next - now)
  }
})

test('a reader without a bell never arms it, and looks 40 times a second', (t) => {
  const doze = createDoze(false, 0)
  for (let now = 1_000; now < 60_000; now += 25)
    t.deepEqual(doze.next(0, QUIET, now), { sleeps: undefined, pause: 25 })
})

test('a reader looks less often the more changes come', (t) => {
  const doze = createDoze(true, 0)
  const pauses = [1, 19, 20, 59, 60, 2_000, 1].map((changes, now) => doze.next(changes, QUIET, now).pause)
  t.deepEqual(pauses, [3, 3, 10, 10, 20, 20, 3])
})

test('a reader that has armed looks every 3 ms while a transaction of that time runs, and sleeps when it has ended', (t) => {
  const doze = createDoze(true, 0)
  t.deepEqual(doze.next(0, QUIET, 1_000), { sleeps: true, pause: 0 })
  t.like(doze.next(0, '90:100:90,95', 1_001), { pause: 3 })
  t.like(doze.next(0, '90:120:95,110', 1_100), { pause: 3 })
  t.like(doze.next(0, '110:120:110', 1_200), { pause: 250 }, 'one that began later knows the bell')
})

test('where transactions may be prepared a reader does not arm the bell, which would make that fail', async (t) => {
  const bench = await createFeedBench(t, { feed: 'outbox' })
  await bench.start()
  for (let spent = 0; spent < 1_000; spent += 25) {
    await bench.idle()
    bench.clock.advance(25)
  }
  await bench.idle()
  const { rows } = await bench.database.query(
    `SELECT current_setting('max_prepared_transactions') <> '0' AS prepares,
       coalesce(pg_sequence_last_value('stalemate.${bench.channel}'), 0)::int AS bell`,
  )
  t.deepEqual(rows, [{ prepares: true, bell: 0 }])
})
