import test from 'ava'
import { parseSnapshot } from '../../src/feed/snapshot.ts'
import { Visibility } from '../../src/feed/visibility.ts'

/** Timers that are moved by hand, and looks that are answered by hand; transactions are numbers. */
function createBench() {
  let now = 0
  const timers: { readonly at: number; readonly callback: () => void }[] = []
  const rests: boolean[] = []
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
    rest: (isResting) => rests.push(isResting),
    failed: (error) => {
      throw error
    },
  })
  const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve))
  return {
    visibility,
    seen,
    /** What it said of its rests. */
    rests,
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

test('a rest begins when something was handed over, and ends before the next look', async (t) => {
  const bench = createBench()
  await bench.add(1, 2)
  await bench.answer(1)
  t.deepEqual(bench.rests, [], 'nothing could be seen')
  await bench.answer(2)
  t.deepEqual(bench.rests, [true])
  t.is(bench.looks(), 0)
  await bench.pass(1)
  t.deepEqual(bench.rests, [true, false])
  t.is(bench.looks(), 1, 'what could not be seen')
})

/** Hands so many over at once, and says how many milliseconds it rests then. */
async function measureRest(bench: ReturnType<typeof createBench>, first: number, count: number) {
  await bench.add(...Array.from({ length: count }, (_, index) => first + index))
  await bench.answer(first + count)
  let ms = 0
  for (; bench.rests.at(-1) === true; ms += 1) await bench.pass(1)
  return ms
}

test('it rests longer while transactions come fast', async (t) => {
  const bench = createBench()
  t.is(await measureRest(bench, 100, 5), 1)
  t.is(await measureRest(bench, 200, 6), 5, 'three a millisecond')
  t.is(await measureRest(bench, 300, 18), 5, 'as fast, after a longer rest')
  t.is(await measureRest(bench, 400, 17), 1)
  t.is(await measureRest(bench, 500, 1), 1)
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
  t.deepEqual(bench.rests, [true], 'what has ended is not resumed')
})
