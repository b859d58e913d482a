import test from 'ava'
import fc from 'fast-check'
import { Cache } from '../../src/cache/cache.ts'
import { Trust } from '../../src/cache/trust.ts'
import { type Adapter, explore, type Limits, runSchedule } from '../../src/testing/index.ts'
import { ADAPTERS } from './adapters.ts'
import { createKernelAdapter } from './kernel.ts'

/** `npm run explore` plays more than a test run has time for. */
const SCHEDULES = 120_000
const SEED = Number(process.env['STALEMATE_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const DURATION = 12_000

for (const [what, adapter] of Object.entries(ADAPTERS)) {
  test.serial(`the kernel ${what} serves no value that it must not, under any schedule`, async (t) => {
    const share = Object.keys(ADAPTERS).length
    const finding = await explore(adapter, {
      depth: 4,
      random: Math.floor(SCHEDULES / share),
      seed: SEED,
      duration: DURATION / share,
    })
    t.log(`${finding.schedules} schedules, seed ${SEED}`)
    t.is(finding.fault, undefined, `seed ${SEED}\n${finding.fault?.steps.join('\n')}`)
  })
}

test('schedules of any numbers are played without fault, and a failing one is shrunk', async (t) => {
  const adapter = createKernelAdapter({ Cache, Trust })
  const limits = fc.record({
    keys: fc.integer({ min: 1, max: 4 }),
    rough: fc.boolean(),
    filled: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(63), { maxLength: 40 }), limits, async (schedule, given: Limits) => {
      const { fault } = await runSchedule(adapter, schedule, given)
      return fault === undefined
    }),
    { numRuns: 1_000 },
  )
  t.pass()
})

/** What nearly everybody writes: a map, filled when a load ends. */
const naive: Adapter = {
  name: 'naive',
  open({ load }) {
    const held = new Map<string, number>()
    const id = ({ group, item }: { group: string; item: string }): string => `${group}:${item}`
    return {
      async get(key) {
        const value = held.get(id(key)) ?? (await load(key))
        held.set(id(key), value)
        return value
      },
      invalidate: (key) => void held.delete(id(key)),
    }
  },
}

test('a cache without fences is caught by few steps', async (t) => {
  const { fault, schedule } = await explore(naive, { depth: 7, random: 10_000, seed: 1 })
  t.is(fault?.kind, 'stale')
  t.true((schedule?.length ?? Infinity) <= 8, fault?.steps.join('\n'))
})

test('a schedule always ends alike', async (t) => {
  const first = await explore(naive, { random: 1_000, seed: 3 })
  t.deepEqual(await explore(naive, { random: 1_000, seed: 3 }), first)
})
