import { InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import { abortable } from '../abortable.ts'
import { explainConnectionError } from '../connection-error.ts'
import { findConnection } from '../connection.ts'
import { writeJson } from '../context.ts'
import { parseDurationArgument } from '../duration-argument.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE } from '../exit-code.ts'
import { formatCount } from '../format.ts'
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
  readonly steps: number
  readonly dryRun?: boolean
  /** Milliseconds. */
  readonly lockTimeout: number
}

function parseSteps(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is how many migrations to take back, from 1.')
}

function nameOf({ number, name }: Migration): string {
  return `${String(number).padStart(4, '0')}_${name}`
}

function formatRolledBack(migrations: readonly Migration[], description: string, paint: Paint): string {
  if (migrations.length === 0) return `${description} has no migration of these rules; nothing was touched\n`
  const lines = migrations.map((migration) => `${paint('yellow', 'taken back')}  ${nameOf(migration)}\n`)
  return `${lines.join('')}${formatCount(migrations.length, 'migration')} on ${description}\n`
}

/** The SQL for people and for psql; what isn't SQL is a comment. */
function formatDryRun(migrations: readonly Migration[], description: string): string {
  if (migrations.length === 0) return `-- ${description} has no migration of these rules\n`
  const texts = migrations.map((migration) => `-- ${nameOf(migration)}\n${migration.down.trimEnd()}\n`)
  return `-- to be run on ${description}; nothing was touched\n\n${texts.join('\n')}`
}

async function down(options: Options, { io, json, paint }: Context): Promise<number> {
  const { url, dir, steps, dryRun = false, lockTimeout } = options
  const connection = await findConnection(url, io.env)
  const { ruleset, migrations } = await readMigrations(resolve(io.cwd, dir), { cwd: io.cwd })
  const { rollBack } = await import('../../database/roll-back.ts')
  const rolling = rollBack({
    connection: connection.config,
    ruleset,
    migrations,
    count: steps,
    lockTimeout,
    dryRun,
  })
  const { rolledBack } = await abortable(rolling, io.signal).catch((error: unknown) => {
    throw explainConnectionError(error, connection)
  })
  const { description } = connection
  if (json) {
    writeJson(io, {
      command: 'down',
      ok: true,
      ruleset,
      database: description,
      dryRun,
      [dryRun ? 'planned' : 'rolledBack']: rolledBack.map(nameOf),
    })
  } else if (dryRun) io.stdout.write(formatDryRun(rolledBack, description))
  else io.stdout.write(formatRolledBack(rolledBack, description, paint))
  return EXIT_FINE
}

/** `stalemate down`: takes back what was applied last. */
export function addDown(program: Command, perform: Perform): void {
  program
    .command('down')
    .summary('take back the migrations that were applied last')
    .description(
      'Takes back the migrations that a database got last, the newest first, each in a transaction of its own, and ' +
        'forgets them. Functions get their previous bodies to the byte. The files stay: apply installs them again. ' +
        'The database is found as by apply.',
    )
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--dir <folder>', 'the folder of the migrations', 'generated/migrations')
    .addOption(
      new Option('--steps <number>', 'how many migrations to take back').default(1).argParser(parseSteps),
    )
    .option('--dry-run', 'print the SQL and touch nothing')
    .addOption(
      new Option('--lock-timeout <duration>', 'give up after waiting so long for a lock that others hold')
        .default(LOCK_TIMEOUT, '3s')
        .argParser(parseDurationArgument),
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate down --url postgres://localhost/app': 'take back the last migration',
        'stalemate down --steps 3': 'the last three',
        'stalemate down --dry-run > down.sql': 'only look at it, or run it with psql',
      }),
    )
    .action(perform(down))
}
