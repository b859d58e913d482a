import { deriveQuery } from '../../src/derive/derive-query.ts'
import { parseLock } from '../../src/derive/lock-file.ts'
import type { CacheParam } from '../../src/rules/ruleset.ts'
import { loadParser } from '../../src/sql/load-parser.ts'
import { serveTasks } from '../harness/worker.ts'

export type DeriveJob = {
  readonly config: {
    /** The text of a lock file. */
    readonly lock: string
    /** The params of its queries, by their hashes. */
    readonly params: Readonly<Record<string, readonly CacheParam[]>>
  }
  readonly task: 'parse' | 'derive' | 'derive, the first time in the process'
  /** Milliseconds of the processor for each query, in the order of the lock file. */
  readonly result: readonly number[]
}

/** Before it is measured what a query takes among others. */
const PASSES = 10

serveTasks<DeriveJob>(async ({ lock, params }) => {
  const parser = await loadParser()
  const parse = (sql: string): unknown => parser.parseSync(sql)
  const { queries } = parseLock(lock)
  const run = (task: DeriveJob['task']): readonly number[] =>
    queries.map((query) => {
      const before = process.cpuUsage()
      const subject = { params: params[query.hash] ?? [], dependsOn: [], sessionIndependent: false }
      if (task === 'parse') parse(query.sql)
      else deriveQuery(query, subject, parse)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    })
  return (task) => {
    if (task !== 'derive, the first time in the process')
      for (let pass = 0; pass < PASSES; pass += 1) run(task)
    return Promise.resolve(run(task))
  }
})
