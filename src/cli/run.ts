import { Command, CommanderError } from 'commander'
import { addApply } from './commands/apply.ts'
import { addCheck } from './commands/check.ts'
import { addClear } from './commands/clear.ts'
import { addCompile } from './commands/compile.ts'
import { addDashboard } from './commands/dashboard.ts'
import { addDemo } from './commands/demo.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDown } from './commands/down.ts'
import { addExplain } from './commands/explain.ts'
import { addInit } from './commands/init.ts'
import { addPull } from './commands/pull.ts'
import { addSimulate } from './commands/simulate.ts'
import { addStatus } from './commands/status.ts'
import { addWarm } from './commands/warm.ts'
import { addWatch } from './commands/watch.ts'
import { formatExamples } from './examples.ts'
import { EXIT_FINE, EXIT_USAGE, exitCodeOfSignal } from './exit-code.ts'
import { makePaint, showsColor } from './paint.ts'
import { printError } from './print-error.ts'
import { toUsageError } from './usage-error.ts'
import { VERSION } from '../version.ts'
import type { AddCommand, Perform } from './context.ts'
import type { Io } from './io.ts'

/** In the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  addInit,
  addPull,
  addCompile,
  addCheck,
  addExplain,
  addApply,
  addDown,
  addStatus,
  addSimulate,
  addWatch,
  addWarm,
  addDoctor,
  addClear,
  addDashboard,
  addDemo,
]

function makeProgram(io: Io, perform: Perform, color: (stream: Io['stdout']) => boolean): Command {
  const program = new Command('stalemate')
    .description(
      'Keeps a cache true to PostgreSQL: rules in YAML become triggers, a typed client and a manifest.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--json', 'print one JSON document on standard output')
    .option('--no-color', 'no colours (nor with NO_COLOR set, nor where output is no terminal)')
    .option('--debug', 'print the stack of errors (as DEBUG=stalemate)')
    .addHelpText(
      'after',
      formatExamples({
        'stalemate init --url postgres://localhost/app': 'propose a first rule file',
        'stalemate compile': 'turn rules/ into generated/',
        'stalemate check': 'in CI: is generated/ what the rules give?',
        'stalemate explain calls.status': 'what does a change of it make wrong?',
        'stalemate apply --url postgres://localhost/app': 'install the triggers',
      }) + '\n\nExit codes: 0 fine, 1 found something or failed, 2 wrong use.',
    )
    .exitOverride()
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (text) => makePaint(true)('bold', text),
      styleCommandText: (text) => makePaint(true)('cyan', text),
      styleOptionText: (text) => makePaint(true)('cyan', text),
    })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => color(io.stdout),
      getErrHasColors: () => color(io.stderr),
    })
  for (const add of COMMANDS) add(program, perform)
  return program
}

function toError(error: CommanderError, program: Command, argv: readonly string[]): Error {
  const named = program.commands.find((command) => argv.includes(command.name()))
  return toUsageError(error, named ? `stalemate ${named.name()}` : 'stalemate')
}

/**
 * Runs one command line.
 * @param argv without the names of node and the script
 * @returns the exit code: 0 fine, 1 found something or failed, 2 wrong use, 130 or 143 ended by a signal
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const end = argv.indexOf('--')
  const words = new Set(end === -1 ? argv : argv.slice(0, end))
  // Read by hand, for they matter also where the command line turns out wrong.
  const json = words.has('--json')
  const debug = words.has('--debug') || io.env['DEBUG'] === 'stalemate'
  const color = (stream: Io['stdout']): boolean => !words.has('--no-color') && showsColor(stream, io.env)
  const paint = makePaint(color(io.stdout))
  const colorError = color(io.stderr)
  const paintError = makePaint(colorError)
  let exitCode = EXIT_FINE
  const program = makeProgram(
    io,
    (run) => async (options, command) => {
      exitCode = await run(command.optsWithGlobals() as typeof options, {
        io,
        json,
        paint,
        paintError,
        colorError,
      })
    },
    color,
  )
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (io.signal.aborted) {
      io.stderr.write('interrupted\n')
      return exitCodeOfSignal(io.signal.reason)
    }
    if (!(error instanceof CommanderError)) return printError(error, io, { json, debug, paintError })
    if (error.exitCode === 0) return EXIT_FINE
    // Without a command the help has been printed as the answer.
    if (error.code === 'commander.help') return EXIT_USAGE
    return printError(toError(error, program, [...words]), io, { json, debug, paintError })
  }
}
