import { setTimeout } from 'node:timers/promises'
import { Pool } from 'pg'
import { serveTasks } from '../harness/worker.ts'
import { readTime } from './time.ts'

export type WriterJob = {
  readonly config: { readonly connectionString: string }
  readonly task: {
    readonly table: string
    /** Transactions a second. */
    readonly rate: number
    /** Milliseconds. */
    readonly duration: number
    readonly users: readonly string[]
  }
  /** When the commit of each transaction returned; the n-th is of the n-th user, all over again after the last. */
  readonly result: readonly number[]
}

/** Enough that none waits for another at the rates that are measured. */
const CONNECTIONS = 16

serveTasks<WriterJob>(async ({ connectionString }) => {
  const pool = new Pool({ connectionString, max: CONNECTIONS, min: CONNECTIONS })
  await pool.query('SELECT')
  return async ({ table, rate, duration, users }) => {
    const text = `UPDATE ${table} SET duration = duration + 1 WHERE user_id = $1`
    const count = Math.floor((rate * duration) / 1000)
    const committed: number[] = Array.from({ length: count })
    const running: Promise<void>[] = []
    const began = readTime()
    for (let next = 0; next < count;) {
      // At its time, whether or not those before it are done: a slow server is not asked less often.
      const due = Math.min(count, Math.floor(((readTime() - began) * rate) / 1000) + 1)
      for (; next < due; next += 1) {
        const number = next
        const update = pool.query({ name: table, text, values: [users[number % users.length]] })
        running.push(update.then(() => void (committed[number] = readTime())))
      }
      await setTimeout(1)
    }
    await Promise.all(running)
    return committed
  }
})
