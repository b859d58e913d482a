import { LRUCache } from 'lru-cache'
import { type Entries, type Reader, TTL, type Value } from './reader.ts'

const nothing = async (): Promise<void> => {}

/** The store that Stalemate is built on, asked with ready keys; without time to live. */
export async function readLruCache({ keys }: Entries): Promise<Reader<string>> {
  const cache = new LRUCache<string, Value>({ max: 20_000 })
  for (const [n, key] of keys.entries()) cache.set(key, { n })
  return await Promise.resolve({
    kind: 'sync',
    inputs: keys,
    read: (key) => cache.get(key) as Value,
    [Symbol.asyncDispose]: nothing,
  })
}

/** Its own way of loading what is missing. */
export async function fetchLruCache({ keys }: Entries): Promise<Reader<string>> {
  const numbers = new Map(keys.map((key, n) => [key, { n }]))
  const cache = new LRUCache<string, Value>({
    max: 20_000,
    ttl: TTL,
    fetchMethod: (key) => numbers.get(key),
  })
  await Promise.all(keys.map((key) => cache.fetch(key)))
  return {
    kind: 'async',
    inputs: keys,
    read: (key) => cache.fetch(key) as Promise<Value>,
    [Symbol.asyncDispose]: nothing,
  }
}
