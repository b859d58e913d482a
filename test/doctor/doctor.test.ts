import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { examine, type ExamineSettings } from '../../src/doctor/examine.ts'
import type { Finding, Subject } from '../../src/doctor/finding.ts'
import { judgeRate } from '../../src/doctor/check-notify.ts'
import { judgeVersion } from '../../src/doctor/check-version.ts'
import type { FeedName } from '../../src/manifest/manifest.ts'
import type { EmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { compileFeed } from '../contract/feed-bench.ts'
import { createDatabase } from '../helpers/database.ts'
import { createPooler } from '../helpers/pooler.ts'
import { createServer } from '../helpers/server.ts'

/** As a server should be, for each of the feeds. */
const GOOD = {
  fsync: 'on',
  max_prepared_transactions: '0',
  max_slot_wal_keep_size: '1GB',
  autovacuum: 'off',
}

let good: EmbeddedPostgres | undefined
const ends: (() => unknown)[] = []

test.before(async (t) => {
  good = await createServer({ teardown: (end) => void ends.push(end) }, { settings: GOOD })
  t.pass()
})
test.after.always(async () => {
  for (const end of ends) await end()
})

/** A database that all is well with, until a test changes something. */
async function prepare(t: ExecutionContext, feed: FeedName, server = good?.connectionString) {
  const { up, manifest } = await compileFeed(feed)
  const database = await createDatabase(t, { template: up, ...(server === undefined ? {} : { server }) })
  const { connectionString } = database
  const look = async (settings: Partial<ExamineSettings> = {}): Promise<readonly Finding[]> =>
    await examine({ connection: { connectionString }, manifest, pause: async () => {}, ...settings })
  /** What is found of a subject, as `problem message`. */
  const find = async (subject: Subject, settings: Partial<ExamineSettings> = {}) =>
    (await look(settings)).filter((one) => one.subject === subject && one.level !== 'fine').map(show)
  return { database, manifest, look, find }
}

function show({ level, message, advice }: Finding): string {
  return `${level}: ${message} -> ${advice ?? ''}`
}

for (const feed of ['notify', 'outbox', 'wal'] as const) {
  test(`${feed}: nothing is found where all is well, and each subject is told`, async (t) => {
    const { look } = await prepare(t, feed)
    const findings = await look()
    t.deepEqual(findings.filter(({ level }) => level !== 'fine').map(show), [])
    const subjects = new Set(findings.map(({ subject }) => subject))
    for (const subject of [
      'version',
      'primary',
      'pooler',
      'clock',
      'transactions',
      'rights',
      'triggers',
      feed,
    ] as const)
      t.true(subjects.has(subject), subject)
  })
}

test('a pooler in transaction mode', async (t) => {
  const { database, find } = await prepare(t, 'notify')
  const host = good?.socketDir
  if (good === undefined || host === undefined) throw new Error('no socket')
  const { port, user } = good
  const pooler = await createPooler(t, { host, port, user, database: database.name })
  const found = await find('pooler', { connection: pooler })
  t.is(found.length, 1)
  t.regex(found[0] ?? '', /^problem: .*transaction mode/)
})

test('triggers that are disabled, changed or missing, and partitions without', async (t) => {
  const { database, find } = await prepare(t, 'outbox')
  await database.query('CREATE TABLE old_calls () INHERITS (calls)')
  t.regex(
    (await find('triggers'))[0] ?? '',
    /^problem: calls has partitions, or tables that inherit .*cover_v1/,
  )
  await database.query(`SELECT stalemate.cover_v1('calls')`)
  t.deepEqual(await find('triggers'), [])
  await database.query('ALTER TABLE calls DISABLE TRIGGER stalemate_app_insert')
  t.regex((await find('triggers'))[0] ?? '', /^problem: calls has triggers that are disabled.*ENABLE TRIGGER/)
  await database.query('DROP TRIGGER stalemate_app_insert ON calls')
  t.regex((await find('triggers'))[0] ?? '', /^problem: calls has not the triggers.*stalemate apply/)
})

test('a role that lacks rights is told each with its grant', async (t) => {
  const { database, find } = await prepare(t, 'outbox')
  const role = `doctor_${database.name}`
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA stalemate TO ${role};
    GRANT SELECT ON ALL TABLES IN SCHEMA stalemate TO ${role}`)
  t.teardown(() => database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))
  const url = new URL(database.connectionString)
  url.username = role
  url.password = 'x'
  const found = await find('rights', { connection: { connectionString: url.href } })
  t.true(
    found.some((one) => one.includes(`GRANT TRUNCATE ON TABLE stalemate.outbox_0 TO ${role};`)),
    found.join('\n'),
  )
  t.true(found.some((one) => one.includes(`GRANT EXECUTE ON FUNCTION stalemate.outbox_v1 TO ${role};`)))
  t.false(found.some((one) => one.includes('GRANT SELECT ON TABLE')))
  for (const one of found) await database.query(one.replace(/^.* -> /, ''))
  t.deepEqual(await find('rights', { connection: { connectionString: url.href } }), [])
})

test('a role that may not replicate, and settings of the server that the WAL feed does not like', async (t) => {
  const server = await createServer(t, {
    settings: {
      wal_level: 'replica',
      wal_sender_timeout: '0',
      max_replication_slots: '0',
      idle_session_timeout: '1h',
    },
  })
  const { find, database } = await prepare(t, 'wal', server.connectionString)
  await database.query('DROP PUBLICATION stalemate_app')
  const found = (await find('wal')).join('\n')
  for (const one of [
    /problem: wal_level is replica/,
    /problem: The database has no publication stalemate_app/,
    /problem: All replication slots are taken/,
    /warning: Slots keep WAL without limit/,
    /warning: wal_sender_timeout is 0/,
  ])
    t.regex(found, one)
  await database.query(`CREATE ROLE poor LOGIN PASSWORD 'x'; GRANT SELECT ON stalemate.epochs TO poor`)
  const url = new URL(database.connectionString)
  url.username = 'poor'
  url.password = 'x'
  const rights = (await find('rights', { connection: { connectionString: url.href } })).join('\n')
  t.regex(rights, /poor may not replicate\. -> ALTER ROLE poor REPLICATION;/)
  t.regex(rights, /GRANT USAGE ON SCHEMA stalemate TO poor;/)

  const listening = await prepare(t, 'notify', server.connectionString)
  t.regex((await listening.find('connection'))[0] ?? '', /^problem: .*idle for 1h/)
  const notify = (await listening.find('notify')).join('\n')
  t.regex(notify, /warning: max_prepared_transactions is 20/)
  t.regex(notify, /warning: fsync is off/)
})

test('a standby, of which nothing else is asked', async (t) => {
  const server = await createServer(t)
  const { look } = await prepare(
    { ...t, teardown: () => {} } as ExecutionContext,
    'outbox',
    server.connectionString,
  )
  await writeFile(join(server.dataDir, 'standby.signal'), '')
  await server.restart('fast')
  const findings = await look()
  t.deepEqual(
    findings.map(({ subject, level }) => `${subject} ${level}`),
    ['version fine', 'primary problem'],
  )
})

test('an outbox that is missing, that nobody reads, whose reader is behind or gone', async (t) => {
  const { database, find } = await prepare(t, 'outbox')
  t.deepEqual(await find('outbox'), [])
  await database.query(`INSERT INTO calls VALUES ('a')`)
  t.regex((await find('outbox'))[0] ?? '', /^warning: Nobody reads the outbox, and 1 message waits/)
  const register = (id: string, until: string) =>
    database.query(
      `INSERT INTO stalemate.readers (id, channel, position, until)
       VALUES ('${id}', 'stalemate_app', pg_current_snapshot(), now() + interval '${until}')`,
    )
  await register('gone', '-1 hour')
  await register('slow', '1 hour')
  await database.query(
    `INSERT INTO stalemate.outbox_1 (channel, message) SELECT 'stalemate_app', '' FROM generate_series(1, 10001)`,
  )
  const found = (await find('outbox')).join('\n')
  t.regex(found, /warning: Reader gone has not been heard of for 60 min/)
  t.regex(found, /warning: Reader slow has more than 10,000 messages to read/)
  await database.query('DROP TABLE stalemate.outbox_2')
  t.regex((await find('outbox'))[0] ?? '', /^problem: The database has no outbox.*stalemate apply/)
})

test('a queue of notifications that fills, and writers that wait for one another', async (t) => {
  const { database, manifest } = await prepare(t, 'notify')
  const rows = { usage: 0.2 }
  // To fill the queue of a server takes gigabytes.
  const { checkQueue } = await import('../../src/doctor/check-notify.ts')
  const ask = async () => await Promise.resolve({ rows: [rows] })
  const patient = {
    query: ask,
    other: ask,
    manifest,
    now: Date.now,
    pause: async () => {},
    longTransaction: 1,
  }
  t.regex(show((await checkQueue(patient))[0] as Finding), /^warning: 20 % of the queue/)
  rows.usage = 0.6
  t.regex(show((await checkQueue(patient))[0] as Finding), /^problem: 60 % of the queue/)
  t.regex(
    show(judgeRate(2, 300)),
    /^warning: A commit takes 2\.00 ms, so that at most 500 a second can notify; 300 rows/,
  )
  t.is(judgeRate(2, 200).level, 'fine')
  const writer = await database.connect()
  const { find } = await prepare(t, 'notify')
  t.deepEqual(await find('notify'), [])
  const busy = await examine({
    connection: { connectionString: database.connectionString },
    manifest,
    pause: async () => {
      await writer.query(`INSERT INTO calls SELECT 'n' || n FROM generate_series(1, 200000) n`)
      await writer.query('SELECT pg_stat_force_next_flush()')
    },
  })
  t.regex(
    busy
      .filter(({ subject }) => subject === 'notify')
      .map(show)
      .join('\n'),
    /200,000 rows a second are written/,
  )
})

// Serial, since it looks at all sessions of the server.
test.serial('a transaction that has been open for long, and a clock that is wrong', async (t) => {
  const { database, find } = await prepare(t, 'wal')
  const writer = await database.connect({ application_name: 'nightly' })
  await writer.query('BEGIN; SELECT')
  t.regex(
    (await find('transactions', { longTransaction: 0 })).join('\n'),
    /warning: .*open for .*process \d+ of postgres, nightly/,
  )
  t.deepEqual(await find('transactions'), [])
  t.regex(
    (await find('clock', { now: () => Date.now() - 5_000 }))[0] ?? '',
    /^warning: The server's clock is 5 s ahead of/,
  )
  t.regex(
    (await find('clock', { now: () => Date.now() + 5_000 }))[0] ?? '',
    /^warning: The server's clock is 5 s behind/,
  )
})

test('versions with bugs that concern a feed, and versions that are too old', (t) => {
  const found = (number: number, feed: FeedName) => judgeVersion(number, feed).map(show).join()
  t.regex(found(140_010, 'outbox'), /^problem: PostgreSQL 14\.10 is too old/)
  t.regex(found(170_005, 'wal'), /^warning: PostgreSQL 17\.5 has a bug: .*invalid memory.*17\.6/)
  t.regex(found(180_001, 'notify'), /^warning: PostgreSQL 18\.1 has a bug: LISTEN.*18\.2/)
  for (const number of [150_016, 160_012, 170_008, 180_002])
    for (const feed of ['notify', 'outbox', 'wal'] as const) t.regex(found(number, feed), /^fine: /)
  t.regex(found(190_000, 'outbox'), /^fine: .*newer than what was tested/)
})
