import type { CacheEntry } from '@epic-web/cachified'
import { LRUCache } from 'lru-cache'
import type { Adapter, Key, Version, World } from '../../src/testing/index.ts'
import { createCache } from '../harness/kernel.ts'
import { BASELINE } from '../harness/benchmark.ts'

/** A cache under test, with the name of the package where it is one. */
export type Tested = Adapter & { readonly library?: string }

type Load = World['load']
/** How a library is asked: read through it, and delete. */
type Calls = {
  readonly get: (key: string, load: () => Promise<Version>) => Promise<Version>
  readonly drop: (key: string) => unknown
  readonly stop?: () => unknown
}

const id = ({ group, item }: Key): string => `${group}:${item}`
const TTL = 3_600_000

function adapt(
  name: string,
  library: string | undefined,
  open: (load: Load) => Promise<Calls> | Calls,
): Tested {
  return {
    name,
    ...(library === undefined ? {} : { library }),
    macrotasks: true,
    turns: 2,
    ownClock: true,
    async open({ load }) {
      const { get, drop, stop } = await open(load)
      return {
        get: (key) => get(id(key), () => load(key)),
        invalidate: async (key) => void (await drop(id(key))),
        close: async () => void (await stop?.()),
      }
    },
  }
}

function toKey(text: string): Key {
  const [group = '', item = ''] = text.split(':')
  return { group, item }
}

const stalemate: Tested = {
  name: 'Stalemate',
  macrotasks: true,
  turns: 2,
  ownClock: true,
  open({ load }) {
    const params = [
      { name: 'group', type: 'text' },
      { name: 'item', type: 'text' },
    ] as const
    const cache = createCache<Version>({ params, partial: [], max: 100, load: (key) => load(key as never) })
    return {
      get: (key) => cache.get(key),
      invalidate: ({ group, item }) => void cache.invalidateEntry([group, item]),
      close: () => cache.close(new Error('closed')),
    }
  },
}

const promises = adapt('map of promises', undefined, () => {
  const held = new Map<string, Promise<Version>>()
  return {
    async get(key, load) {
      const reading = held.get(key) ?? load()
      held.set(key, reading)
      try {
        return await reading
      } catch (error) {
        held.delete(key)
        throw error
      }
    },
    drop: (key) => held.delete(key),
  }
})

const naive = adapt(BASELINE, undefined, () => {
  const held = new Map<string, Version>()
  return {
    async get(key, load) {
      const value = held.get(key) ?? (await load())
      held.set(key, value)
      return value
    },
    drop: (key) => held.delete(key),
  }
})

const lruFetch = adapt('lru-cache fetch', 'lru-cache', (load) => {
  const cache = new LRUCache<string, Version>({ max: 100, fetchMethod: (key) => load(toKey(key)) })
  return {
    get: async (key) => (await cache.fetch(key)) as Version,
    drop: (key) => cache.delete(key),
  }
})

const layeredLoader = adapt('layered-loader', 'layered-loader', async (load) => {
  const { Loader } = await import('layered-loader')
  const get = async (key: string): Promise<Version> => await load(toKey(key))
  const loader = new Loader<Version>({
    inMemoryCache: { cacheType: 'lru-object', ttlInMsecs: TTL, maxItems: 100 },
    dataSources: [{ name: 'source', get, getMany: async (keys: string[]) => Promise.all(keys.map(get)) }],
  })
  return {
    get: async (key) => (await loader.get(key)) as Version,
    drop: async (key) => await loader.invalidateCacheFor(key),
  }
})

const bentocache = adapt('bentocache', 'bentocache', async () => {
  const { BentoCache, bentostore } = await import('bentocache')
  const { memoryDriver } = await import('bentocache/drivers/memory')
  const store = bentostore().useL1Layer(memoryDriver({ maxItems: 100 }))
  const cache = new BentoCache({ default: 'memory', stores: { memory: store } })
  return {
    get: async (key, factory) => await cache.getOrSet({ key, ttl: TTL, factory }),
    drop: async (key) => await cache.delete({ key }),
    stop: async () => await cache.disconnectAll(),
  }
})

const cacheable = adapt('cacheable', 'cacheable', async () => {
  const { Cacheable } = await import('cacheable')
  const cache = new Cacheable({ ttl: TTL })
  return {
    get: async (key, load) => (await cache.getOrSet(key, load, { throwErrors: true })) as Version,
    drop: async (key) => await cache.delete(key),
    stop: async () => await cache.disconnect(),
  }
})

const cacheManager = adapt('cache-manager', 'cache-manager', async () => {
  const { createCache: create } = await import('cache-manager')
  const cache = create({ ttl: TTL })
  return {
    get: async (key, load) => await cache.wrap(key, load),
    drop: async (key) => await cache.del(key),
    stop: async () => await cache.disconnect(),
  }
})

const dedupe = adapt('async-cache-dedupe', 'async-cache-dedupe', async (load) => {
  const { createCache: create } = await import('async-cache-dedupe')
  const cache = create({
    ttl: TTL / 1_000,
    storage: { type: 'memory', options: { size: 100 } },
  }).define('value', async (key: string): Promise<Version> => await load(toKey(key)))
  return {
    get: async (key) => await cache.value(key),
    drop: async (key) => await cache.clear('value', key),
  }
})

const cachified = adapt('cachified', '@epic-web/cachified', async () => {
  const { cachified: read } = await import('@epic-web/cachified')
  const cache = new Map<string, CacheEntry>()
  return {
    get: async (key, getFreshValue) => await read({ key, cache, ttl: TTL, getFreshValue }),
    drop: (key) => cache.delete(key),
  }
})

export const SUBJECTS: readonly Tested[] = [
  naive,
  stalemate,
  promises,
  lruFetch,
  layeredLoader,
  bentocache,
  cacheable,
  cacheManager,
  dedupe,
  cachified,
]
