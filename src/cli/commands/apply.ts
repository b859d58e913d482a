import { Option } from 'commander'
import { resolve } from 'node:path'
import { abortable } from '../abortable.ts'
import { explainConnectionError } from '../connection-error.ts'
import { findConnection } from '../connection.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import { formatCount } from '../format.ts'
import { parseDurationArgument } from '../duration-argument.ts'
import { readMigrations } from '../read-migrations.ts'
import type { Command } from 'commander'
import type { Migration } from '../../database/migration.ts'
import type { Context, Perform } from '../context.ts'
import type { Paint } from '../paint.ts'

/** Milliseconds; writers queue behind a waiting migration, so it does not wait for long. */
const LOCK_TIMEOUT = 3000

type Options = {
  readonly url?: string
  readonly dir: string
  readonly dryRun?: boolean
  readonly repair?: boolean
  /** Milliseconds. */
  readonly lockTimeout: number
}

function nameOf({ number, name }: Migration): string {
  return `${String(number).padStart(4, '0')}_${name}`
}

function formatApplied(migrations: readonly Migration[], description: string, paint: Paint): string {
  if (migrations.length === 0) return `${paint('green', 'up to date')}  ${description}; nothing was touched\n`
  const lines = migrations.map((migration) => `${paint('green', 'applied')}  ${nameOf(migration)}\n`)
  return `${lines.join('')}${formatCount(migrations.length, 'migration')} on ${description}\n`
}

/** The SQL of pending migrations with their records, for people and for psql; what isn't SQL is a comment. */
async function formatDryRun(
  migrations: readonly Migration[],
  ruleset: string,
  description: string,
): Promise<string> {
  if (migrations.length === 0) return `-- ${description} is up to date\n`
  const { recordMigration } = await import('../../emit/record.ts')
  const texts = migrations.map(
    (migration) =>
      `-- ${nameOf(migration)}\n${migration.up.trimEnd()}\n\n${recordMigration(ruleset, migration).toString()}\n`,
  )
  return `-- to be applied to ${description}; nothing was touched\n\n${texts.join('\n')}`
}

async function apply(options: Options, { io, json, paint }: Context): Promise<number> {
  const { url, dir, dryRun = false, lockTimeout } = options
  const connection = await findConnection(url, io.env)
  const folder = resolve(io.cwd, dir)
  const { ruleset, migrations } = await readMigrations(folder, { cwd: io.cwd })
  const settings = { connection: connection.config, migrations, lockTimeout, dryRun }
  const work = async () => {
    const { applyMigrations } = await import('../../database/apply.ts')
    const unrecorded = options.repair === true ? 'leave' : 'refuse'
    const { applied } = await applyMigrations({ ...settings, ruleset, unrecorded })
    if (options.repair !== true) return { applied, repaired: undefined }
    const { repair } = await import('../repair.ts')
    return { applied, repaired: await repair({ ...settings, folder, cwd: io.cwd }) }
  }
  const { applied, repaired } = await abortable(work(), io.signal).catch((error: unknown) => {
    throw explainConnectionError(error, connection)
  })
  const { description } = connection
  const ok = repaired === undefined || repaired.left.length === 0
  if (json) {
    writeJson(io, {
      command: 'apply',
      ok,
      ruleset,
      database: description,
      dryRun,
      [dryRun ? 'pending' : 'applied']: applied.map(nameOf),
      already: migrations.filter((migration) => !applied.includes(migration)).map(nameOf),
      ...(repaired && { mended: repaired.mended, left: repaired.left }),
    })
    return ok ? EXIT_FINE : EXIT_FOUND
  }
  io.stdout.write(
    dryRun ? await formatDryRun(applied, ruleset, description) : formatApplied(applied, description, paint),
  )
  if (repaired !== undefined) {
    const { formatRepair, formatRepairSql } = await import('../repair.ts')
    io.stdout.write(dryRun ? formatRepairSql(repaired) : formatRepair(repaired, paint))
  }
  return ok ? EXIT_FINE : EXIT_FOUND
}

/** `stalemate apply`: brings a database to the generated migrations. */
export function addApply(program: Command, perform: Perform): void {
  program
    .command('apply')
    .summary('run the migrations that a database does not have yet')
    .description(
      'Runs pending migrations, each in a transaction of its own, and records them. Applying again touches nothing. ' +
        'The database is that of --url, else of DATABASE_URL, else of PGHOST, PGPORT, PGUSER, PGPASSWORD and ' +
        'PGDATABASE. A password in --url can be seen by other users of this machine; in a variable it cannot.',
    )
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--dir <folder>', 'the folder of the migrations', 'generated/migrations')
    .option('--dry-run', 'print the SQL of pending migrations and touch nothing')
    .option('--repair', 'mend what status finds too, and touch nothing else')
    .addOption(
      new Option('--lock-timeout <duration>', 'give up after waiting so long for a lock that others hold')
        .default(LOCK_TIMEOUT, '3s')
        .argParser(parseDurationArgument),
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate apply --url postgres://localhost/app': 'install or update the triggers',
        'DATABASE_URL=postgres://localhost/app stalemate apply':
          'the same, and no password in the list of processes',
        'stalemate apply --dry-run > pending.sql': 'only look at it, or run it with psql',
        'stalemate apply --repair': 'and mend triggers that were disabled, changed or lost',
        'stalemate apply --lock-timeout 30s': 'wait longer on a busy database',
      }),
    )
    .action(perform(apply))
}
