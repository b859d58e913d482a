import type { PeerName } from './peers.ts'

/** One way to read a held entry; measured in a process of its own. */
export type Variant = {
  readonly name: string
  /** Promises of Stalemate that it does not make. */
  readonly lacks: string
  readonly source:
    | { readonly kind: 'lru'; readonly access: 'get' | 'fetch' }
    | { readonly kind: 'stalemate'; readonly access: 'peek' | 'get'; readonly params: 'one' | 'two' }
    | { readonly kind: 'peer'; readonly peer: PeerName; readonly access: 'sync' | 'async' }
}

const UNFENCED = 'fence, feed, trust'
const UNHEARD = 'feed, trust, calm'

export const VARIANTS: readonly Variant[] = [
  { name: 'baseline', lacks: 'expiry, loads, fence, feed, trust', source: { kind: 'lru', access: 'get' } },
  { name: 'peek, one param', lacks: '', source: { kind: 'stalemate', access: 'peek', params: 'one' } },
  { name: 'get, one param', lacks: '', source: { kind: 'stalemate', access: 'get', params: 'one' } },
  { name: 'peek, two params', lacks: '', source: { kind: 'stalemate', access: 'peek', params: 'two' } },
  { name: 'get, two params', lacks: '', source: { kind: 'stalemate', access: 'get', params: 'two' } },
  { name: 'lru-cache fetch', lacks: UNHEARD, source: { kind: 'lru', access: 'fetch' } },
  {
    name: 'layered-loader getInMemoryOnly',
    lacks: UNFENCED,
    source: { kind: 'peer', peer: 'layered-loader', access: 'sync' },
  },
  peer('layered-loader get', 'layered-loader'),
  peer('async-cache-dedupe', 'async-cache-dedupe'),
  peer('cache-manager wrap', 'cache-manager'),
  peer('cachified', 'cachified'),
  peer('bentocache getOrSet', 'bentocache'),
  peer('cacheable getOrSet', 'cacheable'),
]

function peer(name: string, library: PeerName): Variant {
  return { name, lacks: UNFENCED, source: { kind: 'peer', peer: library, access: 'async' } }
}
