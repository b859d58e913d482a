import type { Events, Listener } from './events.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** The part of a logger in the manner of pino that is used: fields first, then the message. */
export type Logger = Readonly<
  Record<Level, (fields: Readonly<Record<string, unknown>>, message: string) => void>
>

/** What events can be heard from: an app, or its emitter. */
export type EventSource = {
  readonly on: <K extends keyof Events>(kind: K, listener: Listener<K>) => () => void
}

type Line = {
  readonly level: Level
  readonly fields?: Readonly<Record<string, unknown>>
  readonly message: string
}

/** How each kind of event is told. The name is the field `event`: stable, unlike messages. Keys and values are never logged. */
const LINES: { readonly [K in keyof Events]?: (event: Events[K]) => Line } = {
  state: ({ state, error }) => ({
    level: state === 'down' || state === 'suspect' ? 'warn' : 'info',
    fields: { code: state, ...(error === undefined ? {} : { err: error }) },
    message: `The runtime is ${state}.`,
  }),
  gap: ({ cause, epoch, error }) => ({
    level: cause === 'start' ? 'debug' : 'warn',
    fields: { code: cause, epoch, ...(error === undefined ? {} : { err: error }) },
    message: `Changes may have been missed (${cause}): everything held was given up.`,
  }),
  queue: ({ usage }) => ({
    level: 'warn',
    fields: { code: 'queue', usage },
    message: `${Math.round(usage * 100)} % of the queue of notifications is taken: a session that listens keeps a transaction open. When it is full, commits that notify fail.`,
  }),
  change: ({ change, invalidations, dropped, ignored }) => ({
    level: 'debug',
    fields: {
      code: change.operation,
      table: change.table,
      caches: [...new Set(invalidations.map(({ cache }) => cache))],
      dropped,
      ignored,
    },
    message: `${change.operation} of ${change.table}: ${dropped} entries dropped.`,
  }),
  invalidation: ({ invalidations, dropped, from }) => ({
    level: 'debug',
    fields: { code: from, caches: [...new Set(invalidations.map(({ cache }) => cache))], dropped },
    message: `A call ${from} made entries wrong: ${dropped} dropped.`,
  }),
  clear: ({ scope, epoch }) => ({
    level: 'warn',
    fields: { code: scope === 'all' ? 'all' : 'cache', scope, epoch },
    message: 'An emergency clear gave up what was held.',
  }),
  coverage: ({ uncovered }) => ({
    level: uncovered.length > 0 ? 'error' : 'info',
    fields: { code: uncovered.length > 0 ? 'uncovered' : 'covered', uncovered },
    message:
      uncovered.length > 0
        ? `${uncovered.length} triggers are not as the manifest needs them: their caches ask the loader. Run \`stalemate status\`.`
        : 'The triggers are as the manifest needs them.',
  }),
  sample: ({ cache, result, evidence }) => ({
    level: result === 'wrong' ? 'error' : 'debug',
    fields: {
      code: result,
      cache,
      ...(evidence === undefined ? {} : { held: evidence.held, loaded: evidence.loaded }),
    },
    message:
      result === 'wrong'
        ? `A held value of ${cache} differs from the database, and no change on its way explains it.`
        : `A held value of ${cache} was compared with the database: ${result}.`,
  }),
  error: ({ error }) => ({
    level: 'error',
    fields: { code: codeOf(error), err: error },
    message: error instanceof Error ? error.message : String(error),
  }),
}

/** Writes each event to `logger` with a stable name (`event`) and `code`; returns the undo. */
export function logEvents(source: EventSource, logger: Logger): () => void {
  const undos = (Object.keys(LINES) as (keyof Events)[]).map((kind) =>
    source.on(kind, (event) => {
      const { level, fields, message } = (LINES[kind] as (event: unknown) => Line)(event)
      logger[level]({ event: `stalemate.${kind}`, ...fields }, message)
    }),
  )
  return () => {
    for (const undo of undos) undo()
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : 'unknown'
}
