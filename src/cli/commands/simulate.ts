import { Option } from 'commander'
import { abortable } from '../abortable.ts'
import { compileFolder } from '../compile-folder.ts'
import { addCompileOptions, type CompileOptions } from '../compile-options.ts'
import { explainConnectionError } from '../connection-error.ts'
import { findConnection } from '../connection.ts'
import { writeJson } from '../context.ts'
import { parseDurationArgument } from '../duration-argument.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import { formatCount, formatDuration } from '../format.ts'
import { formatTable } from '../table.ts'
import type { Command } from 'commander'
import type { Simulation } from '../../simulate/simulate.ts'
import type { WrongKeys } from '../../simulate/wrong-keys.ts'
import type { Context, Perform } from '../context.ts'
import type { Paint } from '../paint.ts'

type Options = CompileOptions & { readonly url?: string; /** Milliseconds. */ readonly timeout: number }
type Wrong = WrongKeys & { readonly rules: readonly string[] }

const TIMEOUT = 30_000
/** Keys of one cache that are printed; all are in --json. */
const SHOWN = 20

function formatWrong(wrong: readonly Wrong[], paint: Paint): string {
  if (wrong.length === 0) return 'nothing would become wrong\n'
  const lines = wrong.flatMap(({ table, operation, keys, rules, reason }) => [
    `${paint('bold', `${operation} of ${table}`)}  ${paint('dim', rules.join(', '))}${reason === undefined ? '' : `  (${reason})`}`,
    ...keys.slice(0, SHOWN).map((key) => `  ${key}`),
    ...(keys.length > SHOWN
      ? [paint('dim', `  and ${formatCount(keys.length - SHOWN, 'more', 'more')}`)]
      : []),
  ])
  return `${lines.join('\n')}\n`
}

function formatCosts({ costs, total }: Simulation, paint: Paint): string {
  if (total === undefined) return ''
  const sum = costs.reduce((all, { ms }) => all + ms, 0)
  const rows = costs.map(({ trigger, table, ms }) => [`  ${formatDuration(ms)}`, `${trigger} on ${table}`])
  return `\n${paint('bold', 'triggers')}  ${formatDuration(sum)} of ${formatDuration(total)}\n${formatTable(rows, ['right'])}`
}

async function simulate(statement: string, options: Options, context: Context): Promise<number> {
  const { io, json, paint } = context
  const connection = await findConnection(options.url, io.env)
  const { plan, ruleset, diagnostics } = await compileFolder(options, context, { quiet: true })
  if (plan === undefined || ruleset === undefined) {
    if (json) writeJson(io, { command: 'simulate', ok: false, diagnostics })
    return EXIT_FOUND
  }
  const [{ simulate: run }, { findRules }] = await Promise.all([
    import('../../simulate/simulate.ts'),
    import('../../simulate/find-rules.ts'),
  ])
  const running = run({ connection: connection.config, plan, statement, timeout: options.timeout })
  const simulation = await abortable(running, io.signal).catch((error: unknown) => {
    throw explainConnectionError(error, connection)
  })
  const wrong: readonly Wrong[] = simulation.wrong.map((each) =>
    Object.assign({ rules: findRules(ruleset, each) }, each),
  )
  if (json) {
    const { costs, total } = simulation
    writeJson(io, { command: 'simulate', ok: true, ruleset: plan.ruleset, statement, wrong, costs, total })
  } else {
    io.stdout.write(`${formatWrong(wrong, paint)}${formatCosts(simulation, paint)}`)
    io.stdout.write(paint('dim', 'rolled back: nothing was changed, nothing was sent\n'))
  }
  return EXIT_FINE
}

/** `stalemate simulate`: what would a statement make wrong, and what do the triggers cost it? */
export function addSimulate(program: Command, perform: Perform): void {
  const command = program
    .command('simulate')
    .argument('<sql>', 'one INSERT, UPDATE, DELETE, MERGE, TRUNCATE or SELECT')
  addCompileOptions(command)
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .addOption(
      new Option('--timeout <duration>', 'give up after so long')
        .default(TIMEOUT, '30s')
        .argParser(parseDurationArgument),
    )
    .summary('say which keys a statement would make wrong, and what the triggers cost it')
    .description(
      'Runs a statement in a transaction that is rolled back, and prints the keys that it would make wrong, by rule, and ' +
        'how long the triggers took. Nothing is sent to any runtime. The rows stay locked meanwhile, and numbers drawn ' +
        'from sequences are not given back. Wants the role that owns the schema stalemate. The database is found as by apply.',
    )
    .addHelpText(
      'after',
      formatExamples({
        [`stalemate simulate "UPDATE calls SET status = 'completed' WHERE id = 7"`]: 'which keys?',
        [`stalemate simulate "DELETE FROM users WHERE id = 7" --json`]: 'with cascades; as one document',
      }),
    )
    .action((statement: string, options: Options, own: Command) =>
      perform<Options>((all, context) => simulate(statement, all, context))(options, own),
    )
}
