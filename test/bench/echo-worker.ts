import { serveTasks } from '../../bench/harness/worker.ts'

/** Text to echo, or something to go wrong. */
export type EchoJob = { readonly config: string; readonly task: string; readonly result: string }

serveTasks<EchoJob>(async (prefix) => {
  if (prefix === 'broken') throw new Error('cannot start')
  return await Promise.resolve(async (task: string) => {
    if (task === 'throw') throw new Error(`thrown by ${prefix}`)
    if (task === 'exit') process.exit(3)
    if (task === 'hang') await new Promise(() => {})
    return `${prefix}${task}`
  })
})
