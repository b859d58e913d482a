import { LRUCache } from 'lru-cache'
import { BASELINE } from '../harness/benchmark.ts'
import { createCache } from '../harness/kernel.ts'
import { serveTasks } from '../harness/worker.ts'
import { PEERS } from '../hit/peers.ts'
import type { MissJob } from './variants.ts'

const MAX = 20_000
const VALUE = { n: 1 }
const load = async (): Promise<typeof VALUE> => await Promise.resolve(VALUE)

type Read = (number: number) => Promise<unknown>

serveTasks<MissJob>(async ({ name }) => {
  const read = await openReader(name)
  let next = 0
  return async ({ count }) => {
    const before = process.cpuUsage()
    for (const end = next + count; next < end; next += 1) await read(next)
    const { user, system } = process.cpuUsage(before)
    return (count * 1e6) / (user + system)
  }
})

async function openReader(name: string): Promise<Read> {
  switch (name) {
    case BASELINE: {
      const { read } = await PEERS['layered-loader'].open(load)
      return (number) => read(`key:${number}`)
    }
    case 'async-cache-dedupe': {
      const { read } = await PEERS['async-cache-dedupe'].open(load)
      return (number) => read(`key:${number}`)
    }
    case 'lru-cache fetch': {
      const cache = new LRUCache<string, typeof VALUE>({ max: MAX, ttl: 3_600_000, fetchMethod: load })
      return (number) => cache.fetch(`key:${number}`)
    }
    case 'one param': {
      const cache = createCache({ params: [{ name: 'id', type: 'text' }], partial: [], max: MAX, load })
      return (number) => cache.get({ id: `key:${number}` })
    }
    case 'two params': {
      const params = [
        { name: 'id', type: 'text' },
        { name: 'month', type: 'text' },
      ] as const
      const cache = createCache({ params, partial: [['id']], max: MAX, load })
      return (number) => cache.get({ id: `key:${number >> 3}`, month: `m${number & 7}` })
    }
  }
  throw new Error(`There is no variant ${name}.`)
}
