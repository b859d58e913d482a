import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Cache } from '../../src/cache/cache.ts'
import { createCache } from '../harness/kernel.ts'
import { median } from '../harness/statistics.ts'
import { serveTasks } from '../harness/worker.ts'
import { type InvalidateJob, type Kind, KINDS } from './kinds.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const PARAMS = [
  { name: 'user', type: 'int' },
  { name: 'tenth', type: 'int' },
] as const
const PER_USER = 10
const WARM_UPS = 3_000

serveTasks<InvalidateJob>(async ({ entries }) => {
  const cache = createCache<number>({
    params: PARAMS,
    partial: [['user'], ['tenth']],
    max: entries,
    load: () => 1,
  })
  const fill = async (): Promise<void> => {
    for (let entry = 0; entry < entries; entry += 1) {
      await cache.get({ user: Math.floor(entry / PER_USER), tenth: entry % PER_USER })
    }
  }
  const spare = createCache<number>({
    params: PARAMS,
    partial: [['user'], ['tenth']],
    max: 10,
    load: () => 1,
  })
  // An application invalidates all day: its code for that is compiled.
  const warmUp = async (kind: Kind, count: number): Promise<void> => {
    for (let user = 0; user < count; user += 1) {
      await spare.get({ user, tenth: 3 })
      await time(spare, kind, user)
    }
  }
  for (const kind of KINDS) await warmUp(kind, WARM_UPS)
  await fill()
  let next = 0
  return async ({ kind }) => {
    // What filling left behind is no work of the invalidations.
    collect()
    await warmUp(kind, 100)
    const calls: number[] = []
    let longest = 0
    // What names many entries is done once: filling takes longer than all else.
    for (let count = kind === 'key' || kind === 'ten' ? 200 : 1; count > 0; count -= 1) {
      next = (next + 7) % (entries / PER_USER)
      const timed = await time(cache, kind, next)
      longest = Math.max(longest, timed.block)
      calls.push(timed.call)
      if (timed.dropped === 0) throw new Error('Nothing was made wrong.')
    }
    await fill()
    return { call: median(calls), block: longest }
  }
})

type Timed = InvalidateJob['result'] & { readonly dropped: number }

async function time(cache: Cache<number>, kind: Kind, number: number): Promise<Timed> {
  const spent = process.cpuUsage()
  const before = performance.now()
  const dropped = call(cache, kind, number)
  const after = performance.now()
  await new Promise((resolve) => setImmediate(resolve))
  const passed = performance.now() - before
  const { user, system } = process.cpuUsage(spent)
  // Neither can be less than what was done here: other work on the machine lengthens the one, threads of the engine the other.
  return { call: (after - before) * 1_000, block: Math.min(passed, (user + system) / 1_000), dropped }
}

function call(cache: Cache<number>, kind: Kind, number: number): number {
  switch (kind) {
    case 'key':
      return cache.invalidateEntry([number, 3])
    case 'ten':
      return cache.invalidateGroup(0, [number])
    case 'many':
      return cache.invalidateGroup(1, [number % PER_USER])
    case 'all':
      return cache.invalidateAll()
  }
}
