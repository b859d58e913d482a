import test from 'ava'
import { parseSnapshot } from '../../src/feed/snapshot.ts'
import { Visibility } from '../../src/feed/visibility.ts'

/** A clock that is moved by hand, and looks that are answered by hand; transactions are numbers. */
function createBench() {
  let now = 1_000
  const timers: { readonly at: number; readonly callback: () => void }[] = []
  const told: string[] = []
  let isBehind = false
  const looks: ((snapshot: string) => void)[] = []
  const seen: number[][] = []
  const visibility = new Visibility<{ readonly xid: number }>({
    readSnapshot: async () => parseSnapshot(await new Promise<string>((resolve) => looks.push(resolve))),
    handOver: (ended) => seen.push(ended.map(({ xid }) => xid)),
    after: (ms, callback) => {
      const timer = { at: now + ms, callback }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
    hold: () => told.push('hold'),
    release: () => told.push('release'),
    isBehind: () => isBehind,
    now: () => now,
    failed: (error) => {
      throw error
    },
  })
  const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve))
  return {
    visibility,
    seen,
    /** What it said of what is to be added. */
    told,
    fallBehind: () => {
      isBehind = true
    },
    /** How many looks wait for their answer. */
    looks: () => looks.length,
    add: async (...xids: readonly number[]) => {
      for (const xid of xids) visibility.add({ xid })
      await settle()
    },
    /** Answers the look that waits: every transaction below has ended. */
    answer: async (end: number) => {
      looks.shift()?.(`${end}:${end}:`)
      await settle()
    },
    pass: async (ms: number) => {
      now += ms
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.callback()
      }
      await settle()
    },
  }
}

test('a transaction is looked for at once where the look before is some time ago', async (t) => {
  const bench = createBench()
  await bench.add(1)
  t.is(bench.looks(), 1)
  await bench.answer(2)
  t.deepEqual(bench.seen, [[1]])
  await bench.pass(1)
  await bench.add(2)
  t.is(bench.looks(), 1)
})

test('transactions in close order are looked for together, and handed over in their order', async (t) => {
  const bench = createBench()
  await bench.add(10)
  await bench.add(11, 12)
  await bench.answer(11)
  t.deepEqual(bench.seen, [[10]])
  await bench.add(13)
  await bench.pass(0.5)
  await bench.add(14)
  t.is(bench.looks(), 0)
  await bench.pass(0.5)
  t.is(bench.looks(), 1)
  await bench.answer(15)
  t.deepEqual(bench.seen, [[10], [11, 12, 13, 14]])
})

test('what could not be seen yet is looked for again without a rest', async (t) => {
  const bench = createBench()
  await bench.add(20)
  await bench.answer(20)
  t.deepEqual(bench.seen, [])
  t.is(bench.looks(), 1)
  await bench.answer(21)
  t.deepEqual(bench.seen, [[20]])
})

test('nothing is added during a rest', async (t) => {
  const bench = createBench()
  await bench.add(1)
  t.deepEqual(bench.told, [])
  await bench.answer(2)
  t.deepEqual(bench.seen, [[1]])
  t.deepEqual(bench.told, ['hold'])
  await bench.pass(1)
  t.deepEqual(bench.told, ['hold', 'release'])
})

test('nothing is added during a look either while transactions come fast', async (t) => {
  const bench = createBench()
  await measureRest(bench, 100, 1)
  t.is(await measureRest(bench, 200, 6), 10)
  const { length } = bench.told
  await bench.add(300)
  t.deepEqual(bench.told.slice(length), ['hold'])
})

test('while a transaction can not be seen others are added, and handed over before it', async (t) => {
  const bench = createBench()
  await bench.add(20)
  for (let turn = 0; turn < 3; turn += 1) await bench.answer(20)
  t.false(bench.told.includes('hold'))
  t.is(bench.looks(), 0)
  await bench.add(19)
  await bench.answer(20)
  t.deepEqual(bench.seen, [[19]])
})

test('there is no rest while more has come than a rest should hold up', async (t) => {
  const bench = createBench()
  bench.fallBehind()
  await bench.add(1)
  await bench.answer(2)
  t.deepEqual(bench.told, ['release'])
  await bench.add(2)
  t.is(bench.looks(), 1)
})

test('a clock that is put back delays no look by more than a rest', async (t) => {
  const bench = createBench()
  await bench.add(1)
  await bench.answer(2)
  await bench.pass(1)
  await bench.pass(-3_600_000)
  t.is(await measureRest(bench, 2, 1), 1)
  await bench.add(3)
  t.is(bench.looks(), 1)
})

/** Hands so many over at once, and says how many milliseconds it rests then. */
async function measureRest(bench: ReturnType<typeof createBench>, first: number, count: number) {
  await bench.add(...Array.from({ length: count }, (_, index) => first + index))
  await bench.answer(first + count)
  let ms = 0
  for (; bench.told.at(-1) === 'hold'; ms += 1) await bench.pass(1)
  return ms
}

test('it rests longer while transactions come fast', async (t) => {
  const bench = createBench()
  t.is(await measureRest(bench, 100, 1_000), 1, 'after a long time')
  t.is(await measureRest(bench, 2_000, 5), 1)
  t.is(await measureRest(bench, 2_100, 6), 10, 'six a millisecond')
  t.is(await measureRest(bench, 2_200, 60), 10, 'as fast, after a longer rest')
  t.is(await measureRest(bench, 2_300, 59), 1)
  await bench.pass(9)
  t.is(await measureRest(bench, 2_400, 59), 1, 'many, but in ten milliseconds')
  await bench.pass(9)
  t.is(await measureRest(bench, 2_500, 60), 10)
})

test('nothing is handed over once it is stopped, also while it rests', async (t) => {
  const bench = createBench()
  await bench.add(1)
  await bench.answer(2)
  await bench.add(2)
  bench.visibility.stop()
  await bench.pass(1)
  await bench.answer(3)
  t.deepEqual(bench.seen, [[1]])
  t.deepEqual(bench.told.slice(-1), ['hold'], 'what has ended is not resumed')
})
