import { shuffledIndexes } from '../harness/statistics.ts'
import { serveTasks } from '../harness/worker.ts'
import { createEntries } from './entries.ts'
import { timeReads } from './loop.ts'
import { fetchLruCache, readLruCache } from './lru.ts'
import { readPeer } from './peers.ts'
import type { Entries, Reader } from './reader.ts'
import { readStalemate } from './stalemate.ts'
import type { Variant } from './variants.ts'

export type Config = {
  readonly source: Variant['source']
  readonly entries: number
  readonly connectionString: string
}

/** Measure for about so many milliseconds, or stop and check that each read was a hit. */
export type Task = { readonly kind: 'measure'; readonly duration: number } | { readonly kind: 'finish' }

export type HitJob = { readonly config: Config; readonly task: Task; readonly result: number }

serveTasks<HitJob>(async ({ source, entries: count, connectionString }) => {
  const reader = await openReader(source, createEntries(count), connectionString)
  const order = shuffledIndexes(count)
  let passes = 1
  return async (task) => {
    if (task.kind === 'finish') {
      await reader[Symbol.asyncDispose]()
      return 0
    }
    const time = await timeReads(reader, order, passes)
    const rate = (passes * count * 1e9) / time
    passes = Math.max(1, Math.round((rate * task.duration) / 1000 / count))
    return rate
  }
})

async function openReader(
  source: Variant['source'],
  entries: Entries,
  connectionString: string,
): Promise<Reader<unknown>> {
  switch (source.kind) {
    case 'lru':
      return (await (source.access === 'get'
        ? readLruCache(entries)
        : fetchLruCache(entries))) as Reader<unknown>
    case 'stalemate':
      return (await readStalemate(entries, connectionString, source.access, source.params)) as Reader<unknown>
    case 'peer':
      return (await readPeer(entries, source.peer, source.access)) as Reader<unknown>
  }
}
