import type { App, CacheTypes } from '../app.ts'
import type { Events } from '../observe/events.ts'
import type { EffectReader, Effects } from './effects.ts'
import type { Entry } from './hot-set.ts'
import type { Reader } from './reader.ts'
import type { Wish, Written } from './writer/message.ts'
import type { Writer } from './writer/writer.ts'

/** A key whose next read came back. Values are canonical JSON. */
export type NextRead = { readonly key: string; readonly before: string; readonly after: string }

/** One transaction of the writer and what it led to. */
export type Step = {
  readonly written: Written
  readonly effects: Effects
  /** Milliseconds from the return of COMMIT until the last key was gone; `undefined` when there was none. */
  readonly latency: number | undefined
  readonly nextReads: readonly NextRead[]
}

/** What the runtime applies. */
export type Changes = {
  /** What came since the last call. */
  readonly take: () => readonly Events['change'][]
  readonly stop: () => void
}

export function collectChanges(app: App<CacheTypes>): Changes {
  let events: Events['change'][] = []
  const stop = app.on('change', (event) => events.push(event))
  const take = (): readonly Events['change'][] => {
    const collected = events
    events = []
    return collected
  }
  return { take, stop }
}

export type StepTools = {
  readonly app: App<CacheTypes>
  readonly reader: Reader
  readonly writer: Writer
  readonly entries: readonly Entry[]
  readonly effectReader: EffectReader
  readonly changes: Changes
}

/** Lets the writer commit once, waits until it has been applied here, and reads again what it made wrong. */
export async function runStep(tools: StepTools, wish?: Wish): Promise<Step> {
  const { app, reader, writer, entries, effectReader, changes } = tools
  changes.take()
  const before = reader.snapshot()
  const written = await writer.write(wish)
  // One transaction at a time: whatever is applied until here is of this one.
  await app.sync()
  const effects = effectReader.read(changes.take(), entries)
  const nextReads = await readAgain(reader, effects.entries, before)
  const latency = effects.goneAt === undefined ? undefined : effects.goneAt - written.returnedAt
  return { written, effects, latency, nextReads }
}

/** Reads entries and puts beside each what it was before. */
export async function readAgain(
  reader: Reader,
  entries: readonly Entry[],
  before: ReadonlyMap<string, string>,
): Promise<readonly NextRead[]> {
  return await Promise.all(
    entries.map(async (entry) => {
      const after = await reader.read(entry)
      return { key: entry.key, before: before.get(entry.key) ?? after, after }
    }),
  )
}
