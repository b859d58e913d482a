import { InvalidArgumentError, Option } from 'commander'
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StalemateError } from '../../errors.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE } from '../exit-code.ts'
import { writeFiles } from '../files.ts'
import { formatCount } from '../format.ts'
import { addPullOptions, pullCatalog, type PullOptions } from '../pull-catalog.ts'
import { showPath } from '../show-path.ts'
import { describeSystemError, hasCode } from '../system-error.ts'
import type { Command } from 'commander'
import type { Context, Perform } from '../context.ts'

type Options = PullOptions & {
  readonly rules: string
  readonly name?: string
  readonly limit: number
  readonly dryRun?: boolean
}

/** Tables that get a cache; more than a person reads at once are listed in comments. */
const LIMIT = 20

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number from 1.')
}

/** Rules that somebody wrote are never written over, nor mixed with a proposal. */
async function refuseExisting(rules: string, cwd: string): Promise<void> {
  const shown = showPath(rules, cwd)
  const names = await readdir(resolve(cwd, rules)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw new StalemateError('file-failed', `${shown} cannot be read: ${describeSystemError(error)}.`, {
      hint: 'Name a folder with --rules.',
      cause: error,
    })
  })
  const found = names.find((name) => /\.ya?ml$/i.test(name))
  if (found === undefined) return
  throw new StalemateError('file-failed', `There are rules already: ${shown}/${found}.`, {
    hint: 'Look at the proposal with --dry-run, or name another folder with --rules.',
  })
}

async function init(options: Options, { io, json, paint }: Context): Promise<number> {
  const { rules, limit, dryRun = false } = options
  if (!dryRun) await refuseExisting(rules, io.cwd)
  const { catalog, database, description } = await pullCatalog(options, io)
  const { proposeRules, toRulesetName } = await import('../../catalog/propose-rules.ts')
  const name = toRulesetName(options.name ?? database)
  const text = proposeRules(catalog, { name, limit })
  const shown = showPath(rules, io.cwd)
  const file = `${name}.yaml`
  if (!dryRun) {
    await writeFiles(resolve(io.cwd, rules), new Map([[file, text]]), { shown, signal: io.signal })
  }
  const path = `${shown}/${file}`
  if (json) {
    const files = [{ path, state: dryRun ? 'proposed' : 'created', ...(dryRun && { text }) }]
    writeJson(io, { command: 'init', ok: true, ruleset: name, database: description, dryRun, files })
  } else if (dryRun) io.stdout.write(text)
  else {
    const tables = catalog.relations.filter(({ kind }) => kind === 'table' || kind === 'partitioned')
    const next = rules === 'rules' ? '' : ` --rules ${rules}`
    io.stdout.write(
      `${paint('green', 'created')}  ${path}\n` +
        `a proposal from ${formatCount(tables.length, 'table')} of ${description}\n` +
        `${paint('cyan', 'next')}: read it, change it, then stalemate compile${next}\n`,
    )
  }
  return EXIT_FINE
}

/** `stalemate init`: a first rule file, proposed from what a database has. */
export function addInit(program: Command, perform: Perform): void {
  addPullOptions(program.command('init'))
    .summary('propose a first rule file from the tables of a database')
    .description(
      'Reads the tables, keys and foreign keys of a database and writes a rule file to start from, with ' +
        'comments that teach the language. Rules that are there already are never touched.',
    )
    .option('--rules <folder>', 'the folder of the rule files', 'rules')
    .option('--name <name>', 'the name of the ruleset; that of the database unless given')
    .addOption(
      new Option('--limit <tables>', 'how many tables get a cache; the others are listed in comments')
        .default(LIMIT)
        .argParser(parseLimit),
    )
    .option('--dry-run', 'print the proposal and write nothing')
    .addHelpText(
      'after',
      formatExamples({
        'stalemate init --url postgres://localhost/app': 'write rules/app.yaml',
        'stalemate init --dry-run --limit 5': 'only look at it',
        'stalemate init --schema sales --name sales': 'rules for one schema',
      }),
    )
    .action(perform(init))
}
