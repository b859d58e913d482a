import { Pool } from 'pg'
import type { Load, Loader } from '../../src/app.ts'
import { createStalemate } from '../../src/engine.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { serveTasks } from '../harness/worker.ts'
import { type Group, MANY, ONE, PARAMS } from './shop.ts'

export type Warmed = {
  /** Entries a second. */
  readonly rate: number
  /** Microseconds of the processor, of this process, for an entry. */
  readonly processor: number
}

export type WarmJob = {
  readonly config: {
    readonly connectionString: string
    readonly entries: number
    readonly group: Group
    /** None: the database alone. */
    readonly manifest: Manifest | undefined
    /** Without a manifest: whether the params are asked for as well, and what is loaded is kept. */
    readonly isKept: boolean
  }
  readonly task: object
  readonly result: Warmed
}

type Customer = { readonly name: string; readonly orders: number; readonly total: number }

serveTasks<WarmJob>(async ({ connectionString, entries, group, manifest, isKept }) => {
  const { concurrency, batch, set } = group
  const pool = new Pool({ connectionString, max: concurrency })
  const load = async (id: number): Promise<Customer | undefined> =>
    (await pool.query<Customer>({ name: 'one', text: ONE, values: [id] })).rows[0]
  const loadMany = async (ids: readonly number[]): Promise<readonly (Customer | undefined)[]> => {
    const { rows } = await pool.query<Customer & { id: number }>({ name: 'many', text: MANY, values: [ids] })
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => byId.get(id))
  }
  if (manifest === undefined) {
    const work = async (next: () => number): Promise<void> => {
      for (let id = next(); id <= entries; id = next()) {
        if (batch === 1) await load(id)
        else await loadMany(Array.from({ length: batch }, (_, place) => id + place))
      }
    }
    const keep = async (kept: Map<number, unknown>, next: () => readonly number[]): Promise<void> => {
      for (let ids = next(); ids.length > 0; ids = next()) {
        const values = batch === 1 ? [await load(ids[0] as number)] : await loadMany(ids)
        for (const [place, id] of ids.entries()) kept.set(id, values[place])
      }
    }
    return async () => {
      const ended = start(entries)
      if (isKept) {
        const { rows } = await pool.query<{ id: number }>(`${PARAMS} LIMIT ${entries}`)
        const kept = new Map<number, unknown>()
        let at = 0
        const next = (): readonly number[] => rows.slice(at, (at += batch)).map(({ id }) => id)
        await Promise.all(Array.from({ length: concurrency }, () => keep(kept, next)))
        if (kept.size !== entries) throw new Error(`Of ${entries} entries ${kept.size} were kept.`)
      } else {
        let last = 1 - batch
        const next = (): number => (last += batch)
        await Promise.all(Array.from({ length: concurrency }, () => work(next)))
      }
      return ended()
    }
  }
  const one: Load<{ id: number }, Customer | undefined> = ({ id }) => load(id)
  const customer: Loader<{ id: number }, Customer | undefined> =
    batch === 1 ? one : { load: one, loadMany: (list) => loadMany(list.map(({ id }) => id)) }
  const app = await createStalemate<{ customer: { params: { id: number }; value: Customer | undefined } }>({
    manifest,
    connection: { connectionString },
    loaders: { customer },
    refresh: { concurrency },
  })
  await app.ready
  return async () => {
    await app.caches.customer.invalidate()
    await app.sync()
    const ended = start(entries)
    const { loaded } = await app.warm(set)
    const warmed = ended()
    if (loaded !== entries) throw new Error(`Of ${entries} entries ${loaded} were loaded.`)
    return warmed
  }
})

/** Begins to measure; what is returned ends it. */
function start(entries: number): () => Warmed {
  const used = process.cpuUsage()
  const before = performance.now()
  return () => {
    const took = performance.now() - before
    const { user, system } = process.cpuUsage(used)
    return { rate: (entries * 1_000) / took, processor: (user + system) / entries }
  }
}
