import { dirname } from 'node:path'
import { readPrevious } from './read-previous.ts'
import { showPath } from './show-path.ts'
import { formatDrifts } from './commands/status.ts'
import { formatCount } from './format.ts'
import type { ClientConfig } from 'pg'
import type { Migration } from '../database/migration.ts'
import type { Repair } from '../database/repair.ts'
import type { Paint } from './paint.ts'

export type RepairSettings = {
  readonly connection: ClientConfig
  readonly migrations: readonly Migration[]
  /** The folder of the migrations. */
  readonly folder: string
  readonly cwd: string
  readonly lockTimeout: number
  readonly dryRun: boolean
}

/** Mends what differs from what the migrations make. */
export async function repair({ folder, cwd, migrations, ...settings }: RepairSettings): Promise<Repair> {
  const out = dirname(folder)
  const files = await readPrevious(out, { shown: showPath(out, cwd) })
  const [{ readDesired }, { repairDrift }] = await Promise.all([
    import('../database/desired.ts'),
    import('../database/repair.ts'),
  ])
  return await repairDrift({ ...settings, migrations, desired: readDesired(files) })
}

/** The SQL of a repair that was not made: for people, psql, and a migration of another tool. */
export function formatRepairSql({ mended, left, news }: Repair): string {
  const mend = mended.map(
    ({ object, message, repair: statements }) => `-- ${object}: ${message}\n${statements.join('\n')}\n`,
  )
  const rest = left.map(({ object, message }) => `-- left: ${object}: ${message}\n`)
  return [...mend, ...(mended.length === 0 ? [] : [`${news}\n`]), ...rest].join('\n')
}

export function formatRepair({ mended, left }: Repair, paint: Paint): string {
  const lines = mended.map(({ kind, object }) => `${paint('green', 'mended')}  ${object}: ${kind}\n`)
  const rest =
    left.length === 0 ? '' : `${formatDrifts(left, paint)}${formatCount(left.length, 'difference')} left\n`
  return lines.join('') + (lines.length === 0 && left.length === 0 ? 'nothing to mend\n' : rest)
}
