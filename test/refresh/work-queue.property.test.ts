import test from 'ava'
import fc from 'fast-check'
import { PRIORITIES, type Priority } from '../../src/manifest/manifest.ts'
import { WorkQueue } from '../../src/refresh/work-queue.ts'

const SEED = Number(process.env['STALEMATE_SEED'] ?? 1)
const AGEING = 100

type Work = { readonly priority: Priority; readonly rate: number; readonly name: number }
type Waiting = { readonly work: Work; readonly since: number }

/** The order as it is defined, looked up the slow way. */
class Model {
  waiting: Waiting[] = []
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  add(work: Work, now: number): Work | undefined {
    this.waiting.push({ work, since: now })
    return this.waiting.length > this.#max ? this.#leave(this.#sort(now).at(-1)) : undefined
  }

  take(now: number): Work | undefined {
    return this.#leave(this.#sort(now)[0])
  }

  remove(work: Work): boolean {
    return this.#leave(this.waiting.find((one) => one.work === work)) !== undefined
  }

  #leave(one: Waiting | undefined): Work | undefined {
    this.waiting = this.waiting.filter((other) => other !== one)
    return one?.work
  }

  #sort(now: number): Waiting[] {
    const classOf = ({ work, since }: Waiting): number =>
      Math.max(-1, PRIORITIES.indexOf(work.priority) - Math.floor((now - since) / AGEING))
    return [...this.waiting].sort(
      (a, b) =>
        classOf(a) - classOf(b) ||
        (classOf(a) === -1 ? 0 : b.work.rate - a.work.rate) ||
        a.since - b.since ||
        a.work.name - b.work.name,
    )
  }
}

const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), priority: fc.constantFrom(...PRIORITIES), rate: fc.constantFrom(0, 1, 2, 3) }) }, // prettier-ignore
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 250 }) }) }, // prettier-ignore
)

test(`work has its turn in the stated order, and the last is shed (seed ${SEED})`, (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(command, { maxLength: 60 }), (max, commands) => {
      const queue = new WorkQueue<Work>({ max, ageing: AGEING })
      const model = new Model(max)
      let now = 1_000
      for (const [name, one] of commands.entries()) {
        if (one.kind === 'pass') now += one.ms
        else if (one.kind === 'take') t.is(queue.take(now), model.take(now))
        else if (one.kind === 'add') {
          const work = { priority: one.priority, rate: one.rate, name }
          t.is(queue.add(work, now), model.add(work, now))
        } else {
          const work = model.waiting[one.which % Math.max(1, model.waiting.length)]?.work
          if (work !== undefined) t.is(queue.remove(work), model.remove(work))
        }
        t.is(queue.size, model.waiting.length)
        t.is(queue.oldest, model.waiting.length === 0 ? undefined : Math.min(...model.waiting.map(({ since }) => since))) // prettier-ignore
        if (queue.size !== model.waiting.length) throw new Error('sizes differ')
      }
      while (model.waiting.length > 0) {
        now += 30
        if (queue.take(now) !== model.take(now)) throw new Error('orders differ')
      }
      return queue.take(now) === undefined
    }),
    { seed: SEED, numRuns: 400 },
  )
})

test('a stream of critical work does not keep low work from its turn', (t) => {
  const queue = new WorkQueue<Work>({ max: 100, ageing: AGEING })
  const low: Work = { priority: 'low', rate: 0, name: 0 }
  queue.add(low, 0)
  for (let now = 0; ; now += 10) {
    queue.add({ priority: 'critical', rate: 100, name: now + 1 }, now)
    if (queue.take(now) !== low) continue
    t.true(now >= 3 * AGEING && now <= 4 * AGEING, `at ${now}`)
    break
  }
})

test('ten thousand pieces of work are queued and taken in no time to speak of', (t) => {
  const queue = new WorkQueue<Work>({ max: 10_000, ageing: AGEING })
  const before = process.cpuUsage()
  for (let name = 0; name < 10_000; name += 1) queue.add({ priority: 'normal', rate: (name * 7919) % 1000, name }, 0) // prettier-ignore
  let last = Infinity
  for (let work = queue.take(0); work !== undefined; work = queue.take(0)) {
    if (work.rate > last) t.fail()
    last = work.rate
  }
  const { user } = process.cpuUsage(before)
  t.true(user < 5_000_000, `${user / 1000} ms`)
})
