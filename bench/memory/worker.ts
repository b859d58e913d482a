import { LRUCache } from 'lru-cache'
import { BASELINE } from '../harness/benchmark.ts'
import { createCache } from '../harness/kernel.ts'
import { createUuid } from '../harness/uuid.ts'

const [, , variant, given] = process.argv
const count = Number(given)
const collect = globalThis.gc as () => void
// In one piece from the start: a text that was put together becomes smaller when it is first looked up.
const flat = (text: string): string => Buffer.from(text).toString('latin1')
const keys = Array.from({ length: count }, (_, index) => flat(createUuid(index)))
const months = keys.map((_, index) => flat(`2026-${String((index % 12) + 1).padStart(2, '0')}`))
const values = keys.map((_, n) => ({ n }))
const numbers = new Map(keys.map((key, n) => [key, n]))
const load = (params: Readonly<Record<string, unknown>>): unknown =>
  values[numbers.get(params['user_id'] as string) as number]

/** Some objects are freed by a task that a collection leaves behind. */
async function measure(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const USER = { name: 'user_id', type: 'uuid' } as const
const MONTH = { name: 'month', type: 'text' } as const

async function fill(count: number): Promise<object> {
  if (variant === BASELINE) {
    const cache = new LRUCache<string, object>({ max: count })
    for (const [n, key] of keys.slice(0, count).entries()) cache.set(key, values[n] as object)
    return cache
  }
  const isOne = variant === 'one param'
  const cache = createCache<unknown>({
    params: isOne ? [USER] : [USER, MONTH],
    partial: isOne ? [] : [['user_id']],
    max: count,
    load,
  })
  for (const [n, user_id] of keys.slice(0, count).entries()) {
    await cache.get(isOne ? { user_id } : { user_id, month: months[n] })
  }
  cache.close(new Error('filled'))
  return cache
}

const held: object[] = []
// The code that fills is compiled by then, and does not count as entries.
await fill(50_000)
const before = await measure()
held.push(await fill(count))
const after = await measure()
process.stdout.write(String((after - before) / count))
// What was measured is in use until here.
if (numbers.size !== count || Object.keys(held).length === 0) throw new Error('The cache is gone.')
