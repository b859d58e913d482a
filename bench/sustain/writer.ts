import { Pool } from 'pg'
import { serveTasks } from '../harness/worker.ts'
import { readTime } from '../latency/time.ts'
import { createStatement, createValues } from '../write/operations.ts'

export type WriterJob = {
  readonly config: { readonly connectionString: string; readonly clients: number }
  readonly task: {
    readonly table: string
    /** Milliseconds. */
    readonly duration: number
  }
  readonly result: { readonly began: number; readonly ended: number; readonly commits: number }
}

serveTasks<WriterJob>(async ({ connectionString, clients }) => {
  const pool = new Pool({ connectionString, max: clients, min: clients })
  await pool.query('SELECT')
  return async ({ table, duration }) => {
    const statement = createStatement('update', table)
    const began = readTime()
    let commits = 0
    const write = async (client: number): Promise<void> => {
      const ids = createValues('update', client)
      for (let turn = 0; readTime() - began < duration; turn += 1) {
        await pool.query({ ...statement, values: [ids[turn % ids.length]] })
        commits += 1
      }
    }
    await Promise.all(Array.from({ length: clients }, (_, client) => write(client)))
    return { began, ended: readTime(), commits }
  }
})
