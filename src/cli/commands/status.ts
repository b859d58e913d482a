import { dirname, resolve } from 'node:path'
import { abortable } from '../abortable.ts'
import { explainConnectionError } from '../connection-error.ts'
import { findConnection } from '../connection.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import { formatCount } from '../format.ts'
import { readMigrations } from '../read-migrations.ts'
import { readPrevious } from '../read-previous.ts'
import { showPath } from '../show-path.ts'
import { formatTable } from '../table.ts'
import type { Command } from 'commander'
import type { Drift } from '../../database/status/finding.ts'
import type { Status } from '../../database/status/status.ts'
import type { Context, Perform } from '../context.ts'
import type { Paint } from '../paint.ts'

type Options = { readonly url?: string; readonly dir: string }

/** A line for each difference. */
export function formatDrifts(drifts: readonly Drift[], paint: Paint): string {
  return formatTable(
    drifts.map(({ kind, object, message }) => [paint('red', kind), object, paint('dim', message)]),
  )
}

function formatStatus({ drifts, compared }: Status, description: string, paint: Paint): string {
  const counts = [
    formatCount(compared.triggers, 'trigger'),
    formatCount(compared.functions, 'function'),
    formatCount(compared.tables, 'table'),
  ].join(', ')
  if (drifts.length === 0)
    return `${paint('green', 'as compiled')}  ${description} is what the migrations make (${counts})\n`
  const versions = drifts.some(({ kind }) => kind === 'version')
  const mendable = drifts.some(({ repair }) => repair.length > 0)
  const next = versions ? 'stalemate apply' : mendable ? 'stalemate apply --repair' : undefined
  return (
    `${formatDrifts(drifts, paint)}${formatCount(drifts.length, 'difference')} in ${description} (${counts})\n` +
    (next === undefined ? '' : `${paint('cyan', 'next')}: ${next}\n`)
  )
}

async function status({ url, dir }: Options, { io, json, paint }: Context): Promise<number> {
  const connection = await findConnection(url, io.env)
  const folder = resolve(io.cwd, dir)
  const { ruleset, migrations } = await readMigrations(folder, { cwd: io.cwd })
  const out = dirname(folder)
  const files = await readPrevious(out, { shown: showPath(out, io.cwd) })
  const [{ readDesired }, { readStatus }] = await Promise.all([
    import('../../database/desired.ts'),
    import('../../database/status/status.ts'),
  ])
  const reading = readStatus({ connection: connection.config, desired: readDesired(files), migrations })
  const found = await abortable(reading, io.signal).catch((error: unknown) => {
    throw explainConnectionError(error, connection)
  })
  const ok = found.drifts.length === 0
  const { description } = connection
  if (json) {
    const { drifts, ...rest } = found
    writeJson(io, { command: 'status', ok, ruleset, database: description, ...rest, drifts })
  } else io.stdout.write(formatStatus(found, description, paint))
  return ok ? EXIT_FINE : EXIT_FOUND
}

/** `stalemate status`: is the database what the migrations make? */
export function addStatus(program: Command, perform: Perform): void {
  program
    .command('status')
    .summary('compare the database with what the migrations make')
    .description(
      'Compares what is really installed, such as the bodies of functions, enabled triggers, owners, rights and ' +
        'partitions, with what the migrations make: exit code 1 when something differs. Only the system catalogs are ' +
        'read. The database is found as by apply.',
    )
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--dir <folder>', 'the folder of the migrations', 'generated/migrations')
    .addHelpText(
      'after',
      formatExamples({
        'stalemate status --url postgres://localhost/app': 'after a deploy, or on a schedule',
        'stalemate status --json': 'every difference, with the SQL that mends it, as one document',
        'stalemate apply --repair': 'mend what status finds',
      }),
    )
    .action(perform(status))
}
