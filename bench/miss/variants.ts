import { BASELINE } from '../harness/benchmark.ts'

export type Variant = { readonly name: string; readonly label: string; readonly library?: string }

export type MissJob = {
  readonly config: { readonly name: string }
  readonly task: { readonly count: number }
  readonly result: number
}

export const VARIANTS: readonly Variant[] = [
  { name: BASELINE, label: 'layered-loader get', library: 'layered-loader' },
  { name: 'one param', label: 'Stalemate get' },
  { name: 'two params', label: 'Stalemate get, one partial index' },
  { name: 'lru-cache fetch', label: 'lru-cache fetch', library: 'lru-cache' },
  { name: 'async-cache-dedupe', label: 'async-cache-dedupe', library: 'async-cache-dedupe' },
]
