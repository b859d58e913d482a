import { Option } from 'commander'
import { StalemateError } from '../../errors.ts'
import { systemClock } from '../../options.ts'
import { findConnection } from '../connection.ts'
import { parseDurationArgument } from '../duration-argument.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND, exitCodeOfSignal } from '../exit-code.ts'
import { followFeed } from '../follow-feed.ts'
import { formatWarmed, sumWarmed } from '../format-warmed.ts'
import { createProgressLine } from '../progress-line.ts'
import { readManifestFile } from '../read-manifest-file.ts'
import { formatProgress } from '../warm-progress.ts'
import { readWarmRequest } from '../warm-params.ts'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { InstanceReport } from '../../warm/instance-report.ts'
import type { Context, Perform } from '../context.ts'

type Options = {
  readonly url?: string
  readonly out: string
  readonly params: readonly string[]
  /** Milliseconds. */
  readonly wait: number
}

const WAIT = 3_000
/** Milliseconds: instances report four times a second. */
const SILENCE = 15_000
const FAREWELL = 5_000

async function warm(
  set: string | undefined,
  options: Options,
  { io, json, paint }: Context,
): Promise<number> {
  const manifest = await readManifestFile(join(resolve(io.cwd, options.out), 'manifest.json'), {
    cwd: io.cwd,
  })
  const request = readWarmRequest(manifest, set, options.params)
  const connection = await findConnection(options.url, io.env)
  const { Asking } = await loadAsking()
  const line = createProgressLine(json ? undefined : io.stderr)
  const begun = systemClock.now()
  const heard = (report: InstanceReport, all: readonly InstanceReport[]): void => {
    if (json) io.stdout.write(`${JSON.stringify({ command: 'warm', ...report })}\n`)
    line.show(formatProgress(all, systemClock.now() - begun, io.stderr.columns ?? 80))
  }
  const asking = new Asking({
    send: async (control, body) => await feed.send(control, body),
    clock: systemClock,
    patience: { wait: options.wait, silence: SILENCE, farewell: FAREWELL },
    heard,
    signal: io.signal,
  })
  await using feed = await followFeed(manifest, connection, asking.receive, io.signal)
  let reports: readonly InstanceReport[]
  try {
    reports = await asking.run(request)
  } finally {
    line.clear()
  }
  const isStopped = io.signal.aborted
  if (reports.length === 0 && !isStopped) throw unanswered(manifest.ruleset, options.wait)
  const { ok, ...sums } = sumWarmed(reports)
  if (json) {
    const took = Math.round(systemClock.now() - begun)
    const summary = {
      command: 'warm',
      ok,
      set,
      params: request.params,
      instances: reports.length,
      ...sums,
      took,
    }
    io.stdout.write(`${JSON.stringify(summary)}\n`)
  } else io.stdout.write(formatWarmed(reports, isStopped, paint))
  if (isStopped) return exitCodeOfSignal(io.signal.reason)
  return ok ? EXIT_FINE : EXIT_FOUND
}

/** Apart from `using`, in whose function the compiler leaves the endings of dynamic imports as they are. */
async function loadAsking() {
  return await import('../../warm/ask-instances.ts')
}

function unanswered(ruleset: string, wait: number): StalemateError {
  return new StalemateError(
    'no-instance',
    `No running instance of ${ruleset} answered within ${wait / 1000} s.`,
    {
      hint: 'What is cached lies in the processes of the application: is one running, on this database and with this ruleset? Those that are busy may need a longer --wait.',
    },
  )
}

/** `stalemate warm`: asks the running instances to load a warming set, and shows how far they are. */
export function addWarm(program: Command, perform: Perform): void {
  program
    .command('warm')
    .argument('[set]', 'a warming set of the rules; all of them unless given')
    .summary('have the running instances load a warming set, and watch them')
    .description(
      'Asks every running instance of the application, through the feed, to load a warming set now: what is cached lies ' +
        'in their processes. Shows what they report until all are done, and ends with 1 when something failed or nobody ' +
        'answered. Ctrl-C calls it off everywhere; what is loaded by then stays.',
    )
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--out <folder>', 'the folder of the generated files', 'generated')
    .addOption(
      new Option('--params <name=value>', 'only entries with this param, as of one user; once for each param')
        .default([], 'none')
        .argParser((text: string, before: readonly string[]) => [...before, text]),
    )
    .addOption(
      new Option('--wait <duration>', 'how long instances may take to answer')
        .default(WAIT, '3s')
        .argParser(parseDurationArgument),
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate warm active-dashboards': 'one set, in all instances',
        'stalemate warm --params user_id=7': 'one user, in all sets that have this param',
        'stalemate warm --json': 'a line for each report, and one with the sums at the end',
      }),
    )
    .action((set: string | undefined, options: Options, own: Command) =>
      perform<Options>((all, context) => warm(set, all, context))(options, own),
    )
}
