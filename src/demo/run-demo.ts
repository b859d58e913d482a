import { createStalemate } from '../engine.ts'
import { startPostgres } from '../embedded/postgres.ts'
import { systemClock } from '../options.ts'
import { now } from './clock.ts'
import { EffectReader } from './effects.ts'
import { chooseHotRows, listEntries } from './hot-set.ts'
import { findRules, installRules } from './install.ts'
import { formatInvitation, showChanges } from './keep.ts'
import { openLoaders } from './loaders.ts'
import { Oracle } from './oracle.ts'
import { type PhaseTools, runBurst, runSabotaged, runShow } from './phases.ts'
import { prepareDatabase } from './prepare-database.ts'
import { createRandom } from './random.ts'
import { Reader } from './reader.ts'
import { collectChanges, type Step } from './run-step.ts'
import { disableTrigger, SABOTAGED_RUNTIME, SABOTAGED_WISHES } from './sabotage.ts'
import { ROWS, TABLES } from './schema.ts'
import { blankScreen, createScreen, type Output, type Screen } from './screen.ts'
import { formatStatus } from './status.ts'
import { formatSummary, formatVerdict, summarize } from './summary.ts'
import { cut, formatNumber, type Paint } from './text.ts'
import { untilAborted } from './until-aborted.ts'
import { Verdict } from './verdict.ts'
import { Witness } from './witness.ts'
import { Writer } from './writer/writer.ts'

/** Options of {@link runDemo}. */
export type DemoOptions = {
  /** Keep everything running after the show, until the signal aborts. */
  readonly keep?: boolean
  /** Disable one trigger, so that stale values are served and must be reported. */
  readonly sabotage?: boolean
  /** How long the writer is watched, 25 unless given; 0 leaves it out. */
  readonly seconds?: number
  /** Print one JSON document and nothing else. */
  readonly json?: boolean
  /** Gives text its colours; none unless given. */
  readonly paint?: Paint
  /** Folder of the rules; those of the package unless given. */
  readonly rules?: string
  /** What the writer does and what is read depends on it. */
  readonly seed?: number
}

/** What of the process the demo touches. */
export type DemoIo = {
  readonly stdout: Output
  /** Aborted by Ctrl-C or SIGTERM; the reason is the signal's name. */
  readonly signal: AbortSignal
}

const SECONDS = 25
/** Transactions of the burst for each second of the show. */
const BURST = 12

/**
 * Shows on an embedded PostgreSQL what Stalemate does, judged by an oracle that knows nothing of it.
 * Leaves nothing behind, also when it is interrupted.
 *
 * @returns the exit code: 0 no read was stale, 1 at least one was, 130 or 143 interrupted
 */
export async function runDemo(options: DemoOptions, io: DemoIo): Promise<number> {
  const screen = options.json === true ? blankScreen : createScreen(io.stdout)
  try {
    return await perform(options, io, screen)
  } catch (error) {
    if (!io.signal.aborted) throw error
    screen.print('interrupted; server, data and writer are gone')
    return io.signal.reason === 'SIGTERM' ? 143 : 130
  } finally {
    screen.close()
  }
}

async function perform(options: DemoOptions, { stdout, signal }: DemoIo, screen: Screen): Promise<number> {
  const { keep = false, sabotage = false, json = false, paint = (_, text) => text } = options
  const { seconds = SECONDS, rules = findRules(), seed = 1 } = options
  const began = performance.now()
  const tell = (text: string): void => {
    signal.throwIfAborted()
    const time = `${((performance.now() - began) / 1000).toFixed(1)} s`
    screen.print(`${paint('dim', time.padStart(7))}  ${cut(text, screen.width() - 9)}`)
  }
  screen.print(
    paint('bold', 'One process changes rows by plain SQL; the caches of this one stay true.'),
    paint('dim', 'The statement, the keys it made wrong, when they were gone, the next reads:'),
    '',
  )
  screen.setStatus(' starting PostgreSQL ...')

  await using server = await startPostgres({ signal })
  const { connectionString } = server
  // Whatever waits for the database then fails, and what follows is cleaning up.
  signal.addEventListener('abort', () => void server.stop().catch(() => {}), { once: true })
  tell(`PostgreSQL ${server.version} runs on port ${server.port}`)
  screen.setStatus(' filling tables ...')
  await prepareDatabase(connectionString)
  tell(TABLES.map((table) => `${formatNumber(ROWS[table])} ${table}`).join(', '))
  const { manifest, files, triggers } = await installRules(rules, connectionString)
  tell(`${files.length} files of rules compiled and applied: ${triggers} triggers`)

  await using application = openLoaders(manifest, connectionString, createRandom(seed))
  await using app = await createStalemate({
    manifest,
    connection: { connectionString },
    loaders: application.loaders,
    clock: { now, after: systemClock.after },
    ...(sabotage && SABOTAGED_RUNTIME),
  })
  await untilAborted(app.ready, signal)
  tell(`the runtime is ready: a canary came back on ${manifest.channel}`)

  const hot = chooseHotRows()
  const effectReader = new EffectReader(manifest)
  const entries = listEntries(hot, (cache, params) => effectReader.renderKey(cache, params))
  await using witness = await Witness.open(connectionString, entries)
  const verdict = new Verdict(new Oracle(await witness.observe()))
  await using reader = new Reader(app.caches, entries, createRandom(seed))
  await reader.readAll()
  await using writer = await Writer.start(connectionString, hot, seed)
  tell(`${entries.length} entries are read all the time; process ${writer.pid} writes`)
  screen.print('')

  const changes = collectChanges(app)
  const steps: Step[] = []
  const tools: PhaseTools = {
    app,
    reader,
    writer,
    entries,
    effectReader,
    changes,
    verdict,
    witness,
    screen,
    paint,
    signal,
  }
  app.on('coverage', ({ uncovered }) => {
    const names = uncovered.map(({ trigger, reason }) => `${trigger} is ${reason}`).join(', ')
    const text = names === '' ? 'all triggers are as they should be' : `${names}: no trust in its caches`
    screen.print(paint('yellow', `      the runtime looked: ${text}`))
  })
  reader.start()
  if (sabotage) {
    const statement = await disableTrigger(connectionString, manifest, app)
    screen.print(paint('red', `      sabotage: ${statement}`))
    steps.push(...(await runSabotaged(tools, SABOTAGED_WISHES)))
  }
  const duration = seconds * 1000
  const start = performance.now()
  await runShow(tools, duration, (step, commits) => {
    steps.push(step)
    const elapsed = performance.now() - start
    const progress = { elapsed, duration, commits, reads: reader.total, stale: verdict.stale }
    screen.setStatus(formatStatus({ ...progress, stats: app.stats() }, screen.width() - 1, paint))
  })
  const burst = Math.ceil(seconds * BURST)
  screen.setStatus(` a burst of ${burst} transactions ...`)
  await runBurst(tools, burst, connectionString)
  screen.close()

  const summary = summarize(steps, burst, app.stats(), verdict)
  changes.stop()
  if (json) {
    const ok = summary.staleReads === 0
    const document = { command: 'demo', ok, ...summary, ...(keep && { connectionString }) }
    stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
  }
  screen.print('', ...formatSummary(summary, paint), formatVerdict(summary, paint))
  if (!keep) return summary.staleReads === 0 ? 0 : 1
  const invitation = formatInvitation(connectionString, hot, paint)
  await showChanges({ app, reader, entries, effectReader, screen, paint, signal }, invitation)
  return summary.staleReads === 0 ? 0 : 1
}
