import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

/** Where the figures come from. */
export type Machine = {
  readonly cpu: string
  readonly cores: number
  /** GiB. */
  readonly memory: number
  readonly os: string
  readonly node: string
  /** Where a PostgreSQL took part. */
  readonly postgresql?: string
  /** Processes that wanted a core when the run began, the average of a minute: above 0 others were at work. */
  readonly load: number
}

export function readMachine(): Omit<Machine, 'postgresql'> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    node: process.version,
    load: Number(loadavg()[0]?.toFixed(2) ?? 0),
  }
}
