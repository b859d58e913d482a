import type { ClientConfig } from 'pg'
import { messageOf, type Session, withSession } from '../database/session.ts'
import { EMIT_FUNCTION, SCHEMA } from '../emit/installed.ts'
import { buildManifest } from '../emit/manifest.ts'
import { renderBodies } from '../emit/trigger/render-bodies.ts'
import { StalemateError } from '../errors.ts'
import type { Plan } from '../plan/plan.ts'
import { dollarQuote, identifier, joinSql, sql } from '../sql/fragment.ts'
import type { Change } from '../wire/change.ts'
import { decodeMessage } from '../wire/decode.ts'
import { checkStatement, type Statement } from './check-statement.ts'
import { findWrongKeys, type WrongKeys } from './wrong-keys.ts'

export type SimulateOptions = {
  /** As node-postgres takes it; a role that owns the schema of ours. */
  readonly connection: ClientConfig
  readonly plan: Plan
  readonly statement: string
  /** Milliseconds after which the statement, or a lock that it waits for, is given up. */
  readonly timeout?: number
}

/** The time that one trigger of ours took. */
export type TriggerCost = {
  readonly trigger: string
  readonly table: string
  readonly calls: number
  readonly ms: number
}

export type Simulation = Timing & {
  /** What the statement would make wrong, in the order in which the triggers tell it. */
  readonly wrong: readonly WrongKeys[]
}

type Timing = {
  /** What the triggers cost; none for TRUNCATE, which the server does not time. */
  readonly costs: readonly TriggerCost[]
  /** Milliseconds of the whole statement, triggers included; `undefined` for TRUNCATE. */
  readonly total: number | undefined
}

const DEFAULT_TIMEOUT = 30_000
/** A statement that is slower is not timed twice. */
const QUICK = 1_000

/**
 * Runs a statement in a transaction that is rolled back, and tells what it would make wrong by a plan. Nothing is left
 * behind but what no rollback takes back: numbers drawn from sequences. Rows stay locked until the end.
 *
 * First the installed triggers are timed. Then, still in the transaction, the functions are replaced by those of the plan that
 * hand their messages to us instead of the feed: so it is the same for all feeds, and nothing is sent.
 *
 * @throws StalemateError `usage`, `connection-failed`, `simulation-failed`
 */
export async function simulate({
  connection,
  plan,
  statement: text,
  timeout = DEFAULT_TIMEOUT,
}: SimulateOptions): Promise<Simulation> {
  const statement = await checkStatement(text)
  return await withSession(connection, async (session) => {
    try {
      await session.query('BEGIN')
      const limits = `SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true)`
      await session.query(limits, [`${timeout}ms`])
      const timing = await measure(session, statement)
      await session.query(captureSql(plan))
      await session.query(statement.sql)
      // What waits for the commit would come then.
      await session.query('SET CONSTRAINTS ALL IMMEDIATE')
      return { wrong: await readWrong(session, plan), ...timing }
    } catch (error) {
      throw explain(error)
    } finally {
      await session.query('ROLLBACK').catch(() => {})
    }
  })
}

/** The functions of the plan, which put their messages into a table of this session's own. */
function captureSql(plan: Plan): string {
  const emit = identifier(SCHEMA, EMIT_FUNCTION)
  const body = sql`
    BEGIN
      INSERT INTO pg_temp.stalemate_messages (message) VALUES (head || targets || ']}');
    END
  `
  // A function that notifies sends by one that is put in its place here.
  const bodies = [...renderBodies({ ...plan, feed: 'notify' })].map(
    ([name, text]) => sql`
      CREATE OR REPLACE FUNCTION ${identifier(SCHEMA, name)}() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS ${dollarQuote(text)};
    `,
  )
  return sql`
    CREATE TEMPORARY TABLE stalemate_messages (number int GENERATED ALWAYS AS IDENTITY, message text) ON COMMIT DROP;
    GRANT INSERT ON stalemate_messages TO PUBLIC;
    CREATE OR REPLACE FUNCTION ${emit}(channel text, head text, targets text) RETURNS void
    LANGUAGE plpgsql AS ${dollarQuote(`\n${body.toString()}\n`)};
    ${joinSql(bodies, '\n')}
  `.toString()
}

async function readWrong(session: Session, plan: Plan): Promise<readonly WrongKeys[]> {
  const { rows } = await session.query('SELECT message FROM pg_temp.stalemate_messages ORDER BY number')
  const changes = rows
    .map(({ message }) => decodeMessage(String(message)))
    .filter((message): message is Change => message.kind === 'change')
  return await findWrongKeys(
    changes,
    buildManifest(plan),
    async (text, values) => await session.list(text, values),
  )
}

/** Times the triggers that are installed, and takes back what the statement did. */
async function measure(session: Session, { sql: text, explainable }: Statement): Promise<Timing> {
  if (!explainable) return { costs: [], total: undefined }
  const once = async (): Promise<Timing & { total: number }> => {
    await session.query('SAVEPOINT stalemate_timing')
    const { rows } = await session.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`)
    await session.query('ROLLBACK TO SAVEPOINT stalemate_timing')
    return readTiming(rows[0]?.['QUERY PLAN'])
  }
  const first = await once()
  if (first.total > QUICK) return first
  // The first time pays for compiling the functions.
  const second = await once()
  return second.total < first.total ? second : first
}

type Explained = {
  readonly 'Execution Time': number
  readonly Triggers?: readonly { 'Trigger Name': string; Relation?: string; Time?: number; Calls: number }[]
}

function readTiming(plan: unknown): Timing & { total: number } {
  const [explained] = plan as readonly Explained[]
  const triggers = (explained?.Triggers ?? []).filter((each) => each['Trigger Name'].startsWith('stalemate_'))
  return {
    total: explained?.['Execution Time'] ?? 0,
    costs: triggers.map(({ 'Trigger Name': trigger, Relation: table = '', Time: ms = 0, Calls: calls }) => ({
      trigger,
      table,
      calls,
      ms,
    })),
  }
}

function explain(error: unknown): unknown {
  if (error instanceof StalemateError) return error
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return new StalemateError(
    'simulation-failed',
    `The statement failed, and nothing was changed: ${messageOf(error)}.`,
    {
      hint: HINTS[String(code)] ?? 'Correct the statement.',
      cause: error,
    },
  )
}

const HINTS: Readonly<Record<string, string>> = {
  '42501': 'Simulate as the role that owns the schema stalemate and may run the statement.',
  '55P03': 'Somebody else holds the rows or functions: try again later, or with a longer --timeout.',
  '57014': 'It took longer than --timeout.',
  '3F000': 'Nothing of these rules is installed: run stalemate apply first.',
}
