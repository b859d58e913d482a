import { InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import { compileFolder, type MigrationChoice } from '../compile-folder.ts'
import { addCompileOptions, addCoverageOption, type CompileOptions } from '../compile-options.ts'
import { createAsker, type AskOptions } from '../ask-database.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import { writeFiles } from '../files.ts'
import { addFormatOptions, checkFormat, formatFolder, type FormatChoice } from '../format-folder.ts'
import { formatCount } from '../format.ts'
import { showPath } from '../show-path.ts'
import type { Command } from 'commander'
import type { Plan } from '../../plan/plan.ts'
import type { Context, Perform } from '../context.ts'
import type { FileComparison } from '../files.ts'
import type { Paint } from '../paint.ts'

const STYLES = { created: 'green', updated: 'yellow', unchanged: 'dim', removed: 'red' } as const

function formatPlan(plan: Plan): string {
  const watches = plan.tables.reduce((sum, table) => sum + table.watches.length, 0)
  return (
    `${plan.ruleset}: ${formatCount(plan.caches.length, 'cache')}, ` +
    `${formatCount(watches, 'watch', 'watches')} on ${formatCount(plan.tables.length, 'table')}\n`
  )
}

function formatChanges(files: readonly FileComparison[], out: string, paint: Paint): string {
  const changed = files.filter(({ state }) => state !== 'unchanged')
  if (changed.length === 0)
    return `${paint('green', 'up to date')}  ${out} (${formatCount(files.length, 'file')})\n`
  const lines = changed.map(({ path, state }) => `${paint(STYLES[state], state)}  ${out}/${path}`)
  const same = files.length - changed.length
  if (same > 0) lines.push(paint('dim', `${formatCount(same, 'other file')} unchanged`))
  return `${lines.join('\n')}\n`
}

/** How the migrations are applied. */
const APPLY: Readonly<Record<FormatChoice['format'], (out: string) => string>> = {
  plain: (out) => `stalemate apply${out === 'generated' ? '' : ` --dir ${out}/migrations`}`,
  'node-pg-migrate': () => 'node-pg-migrate up',
  prisma: () => 'prisma migrate deploy',
  drizzle: () => 'drizzle-kit migrate',
}

/** What to do next, given which migrations are not as they were. */
function formatNext(
  files: readonly FileComparison[],
  { out, format }: { readonly out: string; readonly format: FormatChoice['format'] },
  paint: Paint,
): string {
  const migrations = files.filter(
    ({ path, state }) => /(?<!\bdown)\.sql$/.test(path) && state !== 'unchanged',
  )
  if (migrations.length === 0) return ''
  const rewritten = migrations.find(({ state }) => state === 'updated' || state === 'removed')
  const warning = rewritten
    ? `${paint('yellow', 'note')}: ${rewritten.path} is not what it was: only for databases that do not have it.\n`
    : ''
  return `${warning}${paint('cyan', 'next')}: ${APPLY[format](out)}\n`
}

/** What a migration's file can be called. */
function parseName(text: string): string {
  if (/^[a-z0-9][a-z0-9_]{0,59}$/.test(text)) return text
  throw new InvalidArgumentError('It is up to 60 of a-z, 0-9 and _, such as watch_orders.')
}

async function compile(
  options: CompileOptions & MigrationChoice & AskOptions & FormatChoice,
  context: Context,
): Promise<number> {
  checkFormat(options)
  const { out, amend } = options
  const { io, json, paint } = context
  const shown = showPath(out, io.cwd)
  await using asker = await createAsker(options, io)
  const { plan, diagnostics, files, removed } = await compileFolder({ ...options, asker }, context)
  const tool = plan && (await formatFolder(options, { ruleset: plan.ruleset, files, amend, cwd: io.cwd }))
  const written = plan
    ? await writeFiles(resolve(io.cwd, out), files, { shown, remove: removed, signal: io.signal })
    : []
  const given = tool
    ? await writeFiles(tool.folder, tool.files, {
        shown: tool.shown,
        remove: tool.removed,
        signal: io.signal,
      })
    : []
  if (json) {
    writeJson(io, {
      command: 'compile',
      ok: plan !== undefined,
      ruleset: plan?.ruleset,
      diagnostics,
      files: [
        ...written.map(({ path, state }) => ({ path: `${shown}/${path}`, state })),
        ...given.map(({ path, state }) => ({ path: `${tool?.shown}/${path}`, state })),
      ],
    })
  } else if (plan) {
    io.stdout.write(formatPlan(plan) + formatChanges(written, shown, paint))
    if (tool) io.stdout.write(formatChanges(given, tool.shown, paint))
    io.stdout.write(formatNext(tool ? given : written, { out: shown, format: options.format }, paint))
  } else {
    io.stderr.write('Nothing was written.\n')
  }
  return plan ? EXIT_FINE : EXIT_FOUND
}

/** `stalemate compile`: rules -> migrations, manifest, plan and typed client. */
export function addCompile(program: Command, perform: Perform): void {
  addFormatOptions(addCoverageOption(addCompileOptions(program.command('compile'))))
    .addOption(
      new Option('--name <name>', 'what the migration is called; by what it does unless given').argParser(
        parseName,
      ),
    )
    .option('--url <url>', 'the database to ask what queries of caches mean; DATABASE_URL unless given')
    .option('--schema <file>', 'SQL that makes the schema, such as a dump: asks a PostgreSQL started for it')
    .option('--amend', 'write the last migration anew, if no database has it, instead of adding one')
    .summary('turn the rules into migrations, a manifest and a typed client')
    .description(
      'Compiles the rules. Where they need other triggers than those that the migrations make, one migration is ' +
        'added; those before it are never changed. Nothing is written when a rule is wrong; files that are already ' +
        'right are left alone. What queries of caches mean is asked of a database once and kept in queries.lock.json; ' +
        'with --url or --schema all of them are asked again.',
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate compile': 'rules/*.yaml into generated/',
        'stalemate compile --rules cache.yaml --out src/generated': 'one rule file, another place',
        'stalemate compile --name watch_orders': 'name the migration that is added',
        'stalemate compile --amend': 'change the last migration, which was not applied yet',
        'stalemate compile --schema schema.sql': 'ask what all queries mean anew, without a database',
        'stalemate compile --format prisma':
          'write them into prisma/migrations too, for prisma migrate deploy',
        'stalemate compile --strict': 'in CI: a warning, such as a cache that no rule invalidates, fails',
        'stalemate compile --coverage':
          'what the rules miss, or tell without need, beside the queries of caches',
        'stalemate compile --json': 'for editors and scripts: diagnostics and files as one document',
      }),
    )
    .action(perform(compile))
}
