import type { Client } from 'pg'
import { emitStrings } from './emit-strings.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { Message } from '../../src/wire/change.ts'
import { decodeMessage } from '../../src/wire/decode.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { makeRuleset } from './plans.ts'
import type { Test } from './test.ts'
import type { Version } from './versions.ts'

/** SQL of the first migration of a plan. */
export function migrationSql(plan: Plan): { readonly up: string; readonly down: string } {
  const files = emitStrings(plan, { ruleset: makeRuleset([], []), schema: {}, sources: ['rules.yaml'] })
  return {
    up: files.get('migrations/0001_initial.up.sql') ?? '',
    down: files.get('migrations/0001_initial.down.sql') ?? '',
  }
}

/** A database with tables and the triggers of a plan, one who writes and one who listens. */
export type Installation = {
  readonly database: TestDatabase
  readonly writer: Client
  /** What the triggers sent because of statements that run on `writer` (or elsewhere), one line for each key, sorted. */
  readonly sentBy: (work: string | (() => Promise<unknown>)) => Promise<readonly string[]>
  /** The messages themselves, as text. */
  readonly payloadsOf: (work: string | (() => Promise<unknown>)) => Promise<readonly string[]>
}

/** Makes a database with `tables`, applies the plan's migration, and listens. */
export async function install(t: Test, plan: Plan, tables: string, version?: Version): Promise<Installation> {
  const database = await createDatabase(t, { sql: tables, ...(version !== undefined && { version }) })
  const writer = await database.connect()
  await writer.query(migrationSql(plan).up)
  const listen = await listenTo(database, plan.channel)
  const payloadsOf = async (work: string | (() => Promise<unknown>)): Promise<readonly string[]> => {
    await (typeof work === 'string' ? writer.query(work) : work())
    return listen()
  }
  return { database, writer, payloadsOf, sentBy: async (work) => describe(await payloadsOf(work)) }
}

/** Listens on a channel; each call gives what has come since the call before. */
export async function listenTo(
  database: TestDatabase,
  channel: string,
): Promise<() => Promise<readonly string[]>> {
  const listener = await database.connect()
  let received: string[] = []
  let fences = 0
  const waiting = new Map<string, () => void>()
  listener.on('notification', ({ payload = '' }) => {
    const fence = waiting.get(payload)
    if (fence === undefined) received.push(payload)
    else fence()
  })
  await listener.query(`LISTEN ${listener.escapeIdentifier(channel)}`)
  return async () => {
    // Notifications come in the order of the commits: what follows this one was sent later.
    const fence = `fence ${(fences += 1)}`
    const passed = new Promise<void>((resolve) => waiting.set(fence, resolve))
    await database.query('SELECT pg_notify($1, $2)', [channel, fence])
    await passed
    waiting.delete(fence)
    const payloads = received
    received = []
    return payloads
  }
}

/**
 * `update dashboard user_id=u1`, `update dashboard @PATH 5` for a link, or `update dashboard! error` for a
 * whole cache; sorted, duplicates kept.
 */
export function describe(payloads: readonly string[]): readonly string[] {
  return payloads
    .flatMap((payload) => describeMessage(decodeMessage(payload), readWidths(JSON.parse(payload))))
    .sort()
}

/** How many values a link has, by path. */
function readWidths({ d = [] }: { d?: readonly unknown[][] }): ReadonlyMap<string, number> {
  const named = d.map(([, link]) => link as { l?: string; n?: number })
  return new Map(named.map(({ l = '', n = 1 }) => [l, n]))
}

function describeMessage(message: Message, widths: ReadonlyMap<string, number>): readonly string[] {
  if (message.kind === 'control') return [message.control]
  return message.targets.flatMap((target) => {
    if (target.kind === 'all') return [`${message.operation} ${target.cache}! ${target.reason}`]
    const { values } = target
    if (target.kind === 'links') {
      const width = widths.get(target.path) ?? 1
      const head = `${message.operation} ${target.cache} @${target.path}`
      return Array.from(
        { length: values.length / width },
        (_, row) => `${head} ${values.slice(row * width, (row + 1) * width).join(',')}`,
      )
    }
    const { params } = target
    return Array.from({ length: values.length / params.length }, (_, row) => {
      const pairs = params.map((param, index) => `${param}=${values[row * params.length + index]}`)
      return `${message.operation} ${target.cache} ${pairs.join(',')}`
    })
  })
}
