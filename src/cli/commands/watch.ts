import { join, resolve } from 'node:path'
import { StalemateError } from '../../errors.ts'
import { systemClock } from '../../options.ts'
import { abortable } from '../abortable.ts'
import { compileFolder } from '../compile-folder.ts'
import { explainConnectionError } from '../connection-error.ts'
import { findConnection } from '../connection.ts'
import { addCompileOptions, type CompileOptions } from '../compile-options.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import { formatSeen, formatWatchSummary } from '../format-seen.ts'
import { readManifestFile } from '../read-manifest-file.ts'
import type { Command } from 'commander'
import type { Manifest } from '../../manifest/manifest.ts'
import type { Seen } from '../../watch/seen.ts'
import type { Context, Perform } from '../context.ts'

type Options = CompileOptions & {
  readonly url?: string
  readonly cache: readonly string[]
  readonly table: readonly string[]
}

/** Until the signal comes. */
async function watch(options: Options, context: Context): Promise<number> {
  const { io, json, paint } = context
  const manifest = await readManifestFile(join(resolve(io.cwd, options.out), 'manifest.json'), {
    cwd: io.cwd,
  })
  const wants = readFilter(manifest, options)
  const connection = await findConnection(options.url, io.env)
  const { ruleset, diagnostics } = await compileFolder(options, context, { quiet: true })
  if (ruleset === undefined) {
    if (json) writeJson(io, { command: 'watch', ok: false, diagnostics })
    return EXIT_FOUND
  }
  const { createPool, openFeed, openApplier, readOptions, Watcher, findRules } = await loadParts()
  const settings = readOptions({})
  const pool = createPool(connection.config, settings)
  pool.on('error', () => {})
  const { feed } = openFeed(manifest, settings, connection.config, pool, systemClock, Math.random)
  const nothing = { reload: () => 0, cancel: () => {}, failed: () => {} }
  const applier = openApplier({ manifest, caches: new Map(), clock: systemClock, ...nothing }, pool, settings)
  const print = (line: object, text: string): void =>
    void io.stdout.write(`${json ? JSON.stringify(line) : text}\n`)
  let refuse = (_why: unknown): void => {}
  let begin = (): void => {}
  const begun = new Promise<void>((resolve, reject) => {
    begin = resolve
    refuse = reject
  })
  let hasBegun = false
  const tell = (seen: Seen): void => {
    if (seen.kind === 'state' && seen.state === 'live') {
      hasBegun = true
      begin()
    }
    if (hasBegun || seen.kind !== 'state') print(seen, formatSeen(seen, paint))
  }
  const watcher = new Watcher({
    manifest,
    clock: systemClock,
    apply: applier.apply,
    settled: () => applier.settled(),
    send: (control, body) => feed.send(control, body),
    findRules: (change) => findRules(ruleset, { ...change, keys: [] }),
    wants,
    tell,
  })
  const sink = watcher.sink()
  feed.start({
    ...sink,
    down: (error) => {
      // Once it was live it comes back by itself.
      if (!hasBegun) refuse(error)
      sink.down(error)
    },
  })
  try {
    await abortable(begun, io.signal)
    await untilAborted(io.signal)
  } catch (error) {
    if (!io.signal.aborted) throw explainConnectionError(toError(error), connection)
  } finally {
    await feed.close()
    await pool.end()
  }
  const summary = watcher.stop()
  print(summary, formatWatchSummary(summary))
  return EXIT_FINE
}

/** @throws StalemateError `usage` for a cache or a table that the rules do not have */
function readFilter(
  manifest: Manifest,
  { cache, table }: Options,
): (table: string, cache: string) => boolean {
  const known = { cache: Object.keys(manifest.caches), table: manifest.tables.map((each) => each.table) }
  for (const [kind, given] of [
    ['cache', cache],
    ['table', table],
  ] as const) {
    const unknown = given.find((name) => !known[kind].includes(name))
    if (unknown === undefined) continue
    throw new StalemateError('usage', `The rules have no ${kind} ${JSON.stringify(unknown)}.`, {
      hint: `There is: ${known[kind].join(', ')}.`,
    })
  }
  return (of, wrong) =>
    (table.length === 0 || table.includes(of)) && (cache.length === 0 || cache.includes(wrong))
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((done) => {
    if (signal.aborted) done()
    signal.addEventListener('abort', () => done(), { once: true })
  })
}

function toError(error: unknown): Error {
  if (error instanceof StalemateError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new StalemateError('connection-failed', `The feed cannot be reached: ${message}.`, { cause: error })
}

/** Only when the command runs, so that help stays quick. */
async function loadParts() {
  const [{ createPool }, { openFeed }, { openApplier }, { readOptions }, { Watcher }, { findRules }] =
    await Promise.all([
      import('../../create-pool.ts'),
      import('../../open-feed.ts'),
      import('../../open-applier.ts'),
      import('../../read-options.ts'),
      import('../../watch/watcher.ts'),
      import('../../simulate/find-rules.ts'),
    ])
  return { createPool, openFeed, openApplier, readOptions, Watcher, findRules }
}

const collect = (name: string, all: readonly string[]): readonly string[] => [...all, name]

/** `stalemate watch`: what do changes make wrong, as they come? */
export function addWatch(program: Command, perform: Perform): void {
  const command = program.command('watch')
  addCompileOptions(command)
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--cache <name>', 'only what becomes wrong in this cache; may be given again', collect, [])
    .option('--table <name>', 'only changes of this table; may be given again', collect, [])
    .summary('print changes as they come: table, keys, rules and lag')
    .description(
      'Reads the feed as a runtime does, and prints a line for each change and cache: when, which table, the keys that are ' +
        'wrong, the rules that say so, and how long messages are on their way now, measured every two seconds by one of its ' +
        'own. Gaps are told too. Ctrl-C ends it with a summary. The database is found as by apply.',
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate watch --url postgres://localhost/app': 'everything',
        'stalemate watch --cache dashboard --table calls': 'what calls do to dashboard',
        'stalemate watch --json': 'a JSON document a line, the summary last',
      }),
    )
    .action(perform(watch))
}
