import { type Entries, type Reader, TTL, type Value } from './reader.ts'

type Load = (key: string) => Promise<Value>

/** A cache library of others: what is used of it, and how. */
type Peer = {
  readonly package: string
  readonly open: (load: Load) => Promise<{
    readonly read: (key: string) => Promise<Value>
    readonly peek?: (key: string) => Value
  }>
}

/** The parts of each library that are used. They may be absent: nothing of ours needs them. */
type LayeredLoader = {
  Loader: new (options: object) => {
    get: (key: string) => Promise<Value>
    getInMemoryOnly: (key: string) => Value
  }
}
type Bento = {
  BentoCache: new (options: object) => {
    getOrSet: (options: object) => Promise<Value>
  }
  bentostore: () => { useL1Layer: (driver: unknown) => unknown }
}
type BentoMemory = { memoryDriver: (options: object) => unknown }
type CacheableModule = {
  Cacheable: new (options: object) => {
    getOrSet: (key: string, load: () => Promise<Value>) => Promise<Value>
  }
}
type CacheManager = {
  createCache: (options: object) => { wrap: (key: string, load: () => Promise<Value>) => Promise<Value> }
}
type Dedupe = {
  createCache: (options: object) => {
    define: (name: string, load: Load) => { [name: string]: (key: string) => Promise<Value> }
  }
}
type Cachified = { cachified: (options: object) => Promise<Value> }

const MAX = 20_000

export const PEERS = {
  'layered-loader': {
    package: 'layered-loader',
    open: async (load) => {
      const { Loader } = await importPeer<LayeredLoader>('layered-loader')
      const loader = new Loader({
        inMemoryCache: { cacheType: 'lru-object', ttlInMsecs: TTL, maxItems: MAX },
        dataSources: [
          { name: 'source', get: load, getMany: async (keys: string[]) => Promise.all(keys.map(load)) },
        ],
      })
      return { read: (key) => loader.get(key), peek: (key) => loader.getInMemoryOnly(key) }
    },
  },
  bentocache: {
    package: 'bentocache',
    open: async (load) => {
      const { BentoCache, bentostore } = await importPeer<Bento>('bentocache')
      const { memoryDriver } = await importPeer<BentoMemory>('bentocache/drivers/memory')
      const driver = memoryDriver({ maxItems: MAX, serialize: false })
      const cache = new BentoCache({ default: 'memory', stores: { memory: bentostore().useL1Layer(driver) } })
      return { read: (key) => cache.getOrSet({ key, ttl: TTL, factory: () => load(key) }) }
    },
  },
  cacheable: {
    package: 'cacheable',
    open: async (load) => {
      const { Cacheable } = await importPeer<CacheableModule>('cacheable')
      const cache = new Cacheable({ ttl: TTL })
      return { read: (key) => cache.getOrSet(key, () => load(key)) }
    },
  },
  'cache-manager': {
    package: 'cache-manager',
    open: async (load) => {
      const { createCache } = await importPeer<CacheManager>('cache-manager')
      const cache = createCache({ ttl: TTL })
      return { read: (key) => cache.wrap(key, () => load(key)) }
    },
  },
  'async-cache-dedupe': {
    package: 'async-cache-dedupe',
    open: async (load) => {
      const { createCache } = await importPeer<Dedupe>('async-cache-dedupe')
      const options = { ttl: TTL / 1000, storage: { type: 'memory', options: { size: MAX } } }
      const cache = createCache(options).define('value', load)
      return { read: (key) => (cache['value'] as Load)(key) }
    },
  },
  cachified: {
    package: '@epic-web/cachified',
    open: async (load) => {
      const { cachified } = await importPeer<Cachified>('@epic-web/cachified')
      const cache = new Map<string, unknown>()
      return { read: (key) => cachified({ key, cache, ttl: TTL, getFreshValue: () => load(key) }) }
    },
  },
} satisfies Record<string, Peer>

export type PeerName = keyof typeof PEERS

/** Fills a peer and gives its asynchronous read, or its synchronous one where it has one. */
export async function readPeer(
  entries: Entries,
  name: PeerName,
  kind: 'sync' | 'async',
): Promise<Reader<string>> {
  const { keys } = entries
  const numbers = new Map(keys.map((key, n) => [key, { n }]))
  let loads = 0
  const load: Load = async (key) => {
    loads += 1
    return await Promise.resolve(numbers.get(key) as Value)
  }
  const peer: Peer = PEERS[name]
  const { read, peek } = await peer.open(load)
  await Promise.all(keys.map((key) => read(key)))
  const stop = async (): Promise<void> => {
    if (loads !== keys.length) throw new Error(`Expected ${keys.length} loads, got ${loads}.`)
    await Promise.resolve()
  }
  if (kind === 'async') return { kind, inputs: keys, read, [Symbol.asyncDispose]: stop }
  if (peek === undefined) throw new Error(`${name} has no synchronous read.`)
  return { kind, inputs: keys, read: peek, [Symbol.asyncDispose]: stop }
}

async function importPeer<T>(specifier: string): Promise<T> {
  return (await import(specifier)) as T
}
