import type { Events } from '../observe/events.ts'
import { formatKeys, formatReads } from './format-step.ts'
import type { HotRows } from './hot-set.ts'
import { readAgain, type StepTools } from './run-step.ts'
import type { Screen } from './screen.ts'
import { formatCount, type Paint } from './text.ts'

export type KeepTools = Pick<StepTools, 'app' | 'reader' | 'entries' | 'effectReader'> & {
  readonly screen: Screen
  readonly paint: Paint
  readonly signal: AbortSignal
}

/** Says how to change rows by hand. */
export function formatInvitation(connectionString: string, hot: HotRows, paint: Paint): string[] {
  const [user = '', other = ''] = hot.users
  const [agent = ''] = hot.agents
  return [
    '',
    `${paint('bold', 'The demo keeps running.')} Change rows by hand, with psql or any other client:`,
    '',
    `  psql '${connectionString}'`,
    '',
    `  UPDATE users SET plan = 'gold'`,
    `  WHERE id = '${user}';`,
    `  UPDATE agents SET user_id = '${other}'`,
    `  WHERE id = '${agent}';`,
    `  DELETE FROM calls WHERE user_id = '${user}';`,
    `  TRUNCATE calls;`,
    '',
    paint('dim', 'What a change makes wrong is shown here. Ctrl-C ends and removes everything.'),
    '',
  ]
}

/** Invites to change rows, and shows what that makes wrong, and the next reads, until the signal aborts. */
export async function showChanges(tools: KeepTools, invitation: readonly string[]): Promise<void> {
  const { app, reader, entries, effectReader, screen, paint, signal } = tools
  await reader.readAll()
  let work = Promise.resolve()
  let failed: (error: unknown) => void = () => {}
  const show = async (event: Events['change']): Promise<void> => {
    const before = reader.snapshot()
    const effects = effectReader.read([event], entries)
    const nextReads = await readAgain(reader, effects.entries, before)
    reader.take()
    const { table, operation } = event.change
    const width = screen.width()
    const head = `${new Date().toLocaleTimeString('en-GB')}  ${operation} ${table}`
    screen.print(
      `${paint('bold', paint('cyan', head))}${paint('dim', `  ${formatCount(effects.dropped, 'value')} held`)}`,
      `      ${paint('dim', 'made wrong  ')}${paint('yellow', formatKeys(effects.keys, width - 18))}`,
      ...formatReads(nextReads, width, paint),
    )
  }
  const stop = app.on('change', (event) => {
    work = work.then(() => show(event)).catch((error: unknown) => failed(error))
  })
  // Who follows it at once must be seen.
  screen.print(...invitation)
  try {
    await new Promise<void>((resolve, reject) => {
      failed = reject
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  } finally {
    stop()
    await work
  }
}
