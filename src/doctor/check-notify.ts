import { formatAge } from './format-age.ts'
import { askOne, blame, type Check, fine, type Finding, type Patient, warn } from './finding.ts'

/** Shares of the queue that are a warning, and a problem. */
const FULL = { warning: 0.1, problem: 0.5 }
/** Share of the commits that can notify at which writers begin to wait for one another. */
const BUSY = 0.5
const COMMITS = 15
/** Milliseconds for which writes are counted. */
const SAMPLE = 1_000

const QUEUE = `
SELECT pg_catalog.pg_notification_queue_usage() AS usage, current_setting('max_prepared_transactions') AS prepares,
       current_setting('fsync') AS fsync`

/** Rows written so far; a statement writes at least one where it notifies. */
const WRITTEN = `
SELECT coalesce(sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del), 0)::float8 AS rows
FROM unnest($1::text[], $2::text[]) AS w (schema, name)
JOIN pg_catalog.pg_stat_user_tables s ON s.schemaname = w.schema AND s.relname = w.name`

/** The queue of notifications concerns the bell of an outbox too. */
export const checkQueue: Check = async ({ query, manifest }) => {
  if (manifest.feed === 'wal') return []
  const { usage } = await askOne(query, QUEUE)
  const share = Number(usage)
  const message = `${(share * 100).toFixed(share < 0.01 ? 2 : 0)} % of the queue of notifications is taken`
  if (share < FULL.warning) return [fine('notify', `${message}.`)]
  return [
    (share < FULL.problem ? warn : blame)(
      'notify',
      `${message}; when it is full, commits that notify fail.`,
      'End the session that listens and has a transaction open: the oldest in pg_stat_activity.',
    ),
  ]
}

/** Notifying commits queue for one lock, which each holds while it waits for the disk. */
export const checkNotify: Check = async (patient) => {
  const { query, manifest } = patient
  if (manifest.feed !== 'notify') return []
  const { prepares, fsync } = await askOne(query, QUEUE)
  const findings: Finding[] = []
  if (prepares !== '0')
    findings.push(
      warn(
        'notify',
        `max_prepared_transactions is ${String(prepares)}, and PREPARE TRANSACTION fails in a transaction that notifies.`,
        'Say `feed: outbox` in the rules if transactions that write to watched tables are prepared.',
      ),
    )
  if (fsync === 'off')
    findings.push(
      warn(
        'notify',
        'fsync is off: a crash of the machine may ruin the database.',
        'Turn it on, except in tests.',
      ),
    )
  return [...findings, judgeRate(await measureCommit(query), await measureWrites(patient))]
}

/**
 * @param commit milliseconds
 * @param writes rows a second
 */
export function judgeRate(commit: number, writes: number): Finding {
  const most = 1_000 / commit
  const [shownMost, shownWrites] = [most, writes].map((rate) => Math.round(rate).toLocaleString('en-US'))
  const message = `A commit takes ${commit < 10 ? commit.toFixed(2) + ' ms' : formatAge(commit)}, so that at most ${shownMost} a second can notify; ${shownWrites} rows a second are written`
  if (writes < most * BUSY) return fine('notify', `${message}.`)
  return warn(
    'notify',
    `${message}: where each is a commit of its own, writers wait for one another.`,
    'Say `feed: outbox` or `feed: wal` in the rules.',
  )
}

/** The median, less the way there and back. */
async function measureCommit(query: Patient['query']): Promise<number> {
  const time = async (text: string): Promise<number> => {
    const times: number[] = []
    for (let round = 0; round < COMMITS; round += 1) {
      const before = performance.now()
      await query(text)
      times.push(performance.now() - before)
    }
    return times.sort((a, b) => a - b)[Math.floor(COMMITS / 2)] ?? 0
  }
  const way = await time('SELECT 1')
  return Math.max(0.01, (await time('SELECT pg_catalog.pg_current_xact_id()')) - way)
}

async function measureWrites({ query, manifest: { tables }, pause }: Patient): Promise<number> {
  const count = async (): Promise<number> => {
    await query('SELECT pg_catalog.pg_stat_clear_snapshot()')
    const values = [tables.map(({ schema }) => schema), tables.map(({ name }) => name)]
    return Number((await askOne(query, WRITTEN, values))['rows'])
  }
  const before = await count()
  await pause(SAMPLE)
  return ((await count()) - before) / (SAMPLE / 1_000)
}
