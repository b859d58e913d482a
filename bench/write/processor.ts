import { readdirSync, readFileSync } from 'node:fs'

/** Nanoseconds of processor time that these processes have used; `undefined` where the system does not tell. */
export function readProcessorTime(pids: readonly number[]): number | undefined {
  let total = 0
  for (const pid of pids) {
    try {
      total += readOne(pid)
    } catch {
      return undefined
    }
  }
  return total
}

/** Source: Linux, Documentation/scheduler/sched-stats.rst; proc_pid_stat(5), `utime` and `stime`. */
function readOne(pid: number): number {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    return tasks.reduce((sum, task) => sum + readTask(`/proc/${pid}/task/${task}/schedstat`), 0)
  } catch {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK
  }
}

function readTask(path: string): number {
  return Number(readFileSync(path, 'utf8').split(' ')[0])
}

/** `USER_HZ` is 100 on every common Linux. */
const TICK = 10_000_000
