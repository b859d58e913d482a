import { InvalidArgumentError, Option } from 'commander'
import { formatExamples } from '../examples.ts'
import type { Command } from 'commander'
import type { Context, Perform } from '../context.ts'

const MAX_SECONDS = 600

type Options = { readonly keep?: boolean; readonly sabotage?: boolean; readonly seconds: number }

function parseSeconds(text: string): number {
  const seconds = text === '' ? Number.NaN : Number(text)
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds
  throw new InvalidArgumentError(`Expected a number from 1 to ${MAX_SECONDS}.`)
}

async function demo(options: Options, { io, json, paint }: Context): Promise<number> {
  const { runDemo } = await import('../../demo/run-demo.ts')
  return await runDemo({ ...options, json, paint }, io)
}

/** `stalemate demo`: a call centre on an embedded PostgreSQL, an independent writer, and an oracle. */
export function addDemo(program: Command, perform: Perform): void {
  program
    .command('demo')
    .summary('watch a cache stay true, on a PostgreSQL that comes along')
    .description(
      'Starts a PostgreSQL in a temporary folder, fills the tables of a call centre, compiles and applies the ' +
        'rules of this package, and shows what the changes of an independent process make wrong. An oracle ' +
        'compares every value that is read with the database. Exit code 1 when one was stale. ' +
        'Nothing is left behind.',
    )
    .option('--keep', 'keep everything running afterwards, and show changes that you make by hand')
    .option('--sabotage', 'disable one trigger: stale reads must be reported')
    .addOption(
      new Option('--seconds <number>', 'how long the writer is watched').default(25).argParser(parseSeconds),
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate demo': 'about 40 seconds',
        'stalemate demo --keep --seconds 5': 'a short show, then play with the rows by psql',
        'stalemate demo --sabotage': 'see the oracle fail',
      }),
    )
    .action(perform(demo))
}
