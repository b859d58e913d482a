import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { FEEDS, type FeedName } from '../../src/manifest/manifest.ts'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'
import { createRoles } from '../helpers/roles.ts'
import { ROOT } from '../helpers/root.ts'
import { createServer } from '../helpers/server.ts'
import { waitFor } from '../helpers/wait.ts'
import { startWatching } from '../helpers/watching.ts'

const RULES = (feed: FeedName): string => `
version: 1
name: shop
feed: ${feed}
caches: { board: { key: "board:{user_id}", params: { user_id: text } } }
tables:
  calls: [{ invalidate: board, via: agents ON agents.id = calls.agent_id, with: { user_id: agents.user_id } }]
`
const TABLES = `CREATE TABLE agents (id int, user_id text); INSERT INTO agents VALUES (1, 'ada');
  CREATE TABLE calls (agent_id int)`
/** Of paths over other tables. */
const READS = 'GRANT SELECT ON agents, calls TO app'

/** A database whose owner is no superuser, and a role that does nothing but look. */
async function prepare(t: ExecutionContext, feed: FeedName, server?: string, sql = '') {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), RULES(feed))
  const database = await createDatabase(t, { sql: TABLES, ...(server !== undefined && { server }) })
  const { owner, looker } = await createRoles(t, database, ['owner', 'looker'])
  await database.query(`GRANT CREATE ON DATABASE ${database.name} TO ${owner.name};
    ALTER TABLE agents OWNER TO ${owner.name}; ALTER TABLE calls OWNER TO ${owner.name}; ${sql}`)
  for (const command of ['compile', 'apply']) {
    const env = { DATABASE_URL: owner.connectionString }
    const { code, stderr } = await runCommand([command], { cwd, env })
    t.is(code, 0, stderr)
  }
  const env = { DATABASE_URL: looker.connectionString }
  const grant = (text: string) => database.query(text.replace(/\bapp(?:_reader|_monitor)?$/, looker.name))
  return {
    database,
    looker,
    grant,
    revoke: (text: string) => grant(text.replace('GRANT', 'REVOKE').replace(/ TO (?=\w+$)/, ' FROM ')),
    run: (...argv: string[]) => runCommand(argv, { cwd, env }),
    place: { cwd, env },
  }
}
type Prepared = Awaited<ReturnType<typeof prepare>>

/** The grants of the page, one for each statement. */
async function readGrants(page: string, role: string): Promise<readonly string[]> {
  const text = await readFile(join(ROOT, 'docs', page), 'utf8')
  const [, sql = ''] =
    new RegExp(`\`\`\`sql\\n((?:GRANT [^\n]* TO ${role};[^\n]*\n)+)\`\`\``).exec(text) ?? []
  const grants = sql.replaceAll(/;.*$/gm, '').trim().split('\n')
  if (!grants.every((grant) => grant.startsWith('GRANT ')))
    throw new Error(`no grants for ${role} in ${page}`)
  return grants
}

/** `watch` goes live, and tells of a change whose key is looked up over another table. */
async function watches(t: ExecutionContext, { database, place }: Prepared): Promise<void> {
  const { until, stop } = startWatching(t, ['--json'], place)
  await until(/"live"/)
  await database.query('INSERT INTO calls VALUES (1)')
  t.regex(await until(/"cache":"board"/), /"keys":\["board:ada"\]/)
  t.is(await stop(), 0)
}

/** What PostgreSQL grants for a feed by itself, as an attribute of the role. */
const attribute = (feed: FeedName): string => (feed === 'wal' ? 'REPLICATION' : 'NOREPLICATION')

for (const feed of FEEDS) {
  test(`${feed}: status runs with the grants that are documented for it, and with none of them left out`, async (t) => {
    const prepared = await prepare(t, feed)
    const grants = await readGrants('operations.md', 'app_monitor')
    t.is(grants.length, 2)
    const bare = await prepared.run('status')
    t.is(bare.code, 1)
    t.regex(
      bare.stderr,
      /^error rights-missing: .*permission denied for schema stalemate.*\nhint: GRANT USAGE/,
    )
    for (const grant of grants) await prepared.grant(grant)
    const fine = await prepared.run('status')
    t.is(fine.code, 0, fine.stdout + fine.stderr)
    for (const grant of grants) {
      await prepared.revoke(grant)
      const { code, stderr } = await prepared.run('status')
      t.is(code, 1, grant)
      t.regex(stderr, /^error rights-missing: /)
      await prepared.grant(grant)
    }
    await prepared.database.query('ALTER TABLE calls DISABLE TRIGGER stalemate_shop_insert')
    t.regex(
      (await prepared.run('status')).stdout,
      /^disabled {2}trigger stalemate_shop_insert on public\.calls/,
    )
  })

  test(`${feed}: doctor and watch run with the grants that are documented, and with none of them left out`, async (t) => {
    const prepared = await prepare(t, feed)
    const { database, looker, run } = prepared
    await database.query(`ALTER ROLE ${looker.name} ${attribute(feed)}`)
    const all = await readGrants('feeds.md', 'app_reader')
    t.is(all.length, 6)
    const grants = [...(feed === 'outbox' ? all : all.slice(0, 2)), READS]
    for (const grant of grants) await prepared.grant(grant)
    const problems = async (): Promise<readonly string[]> => {
      const { stdout } = await run('doctor', '--json')
      const { findings } = JSON.parse(stdout) as {
        findings: { subject: string; level: string; message: string }[]
      }
      t.regex(
        findings.find(({ subject }) => subject === 'transactions')?.message ?? '',
        /those of others only a member of pg_read_all_stats sees/,
      )
      return findings.filter(({ level }) => level === 'problem').map(({ message }) => message)
    }
    t.deepEqual(await problems(), [])
    for (const grant of grants) {
      await prepared.revoke(grant)
      t.not((await problems()).length, 0, grant)
      await prepared.grant(grant)
    }
    // It looks at no epochs; of a feed that is no outbox it needs nothing of ours at all.
    for (const grant of feed === 'outbox' ? grants.slice(1, 2) : grants.slice(0, 2))
      await prepared.revoke(grant)
    await watches(t, prepared)
    if (feed === 'wal') {
      await database.query(`ALTER ROLE ${looker.name} NOREPLICATION`)
      t.true((await problems()).some((message) => message.includes('may not replicate')))
    }
    // The bell, a sequence, is for readers that sleep, and none does where transactions may be prepared, as on this server.
    const read = grants.filter((grant) => !/epochs|SEQUENCES/.test(grant) && grant !== READS)
    for (const grant of feed === 'outbox' ? read : []) {
      await prepared.revoke(grant)
      const { until, stop } = startWatching(t, ['--json'], prepared.place)
      const told = until(/permission denied/).catch((error: Error) => error.message)
      t.regex(await waitFor(told, `what watch says without: ${grant}`), /permission denied/, grant)
      await stop()
      await prepared.grant(grant)
    }
  })

  test(`${feed}: a member of stalemate_reader runs status, doctor and watch by what the migration has granted`, async (t) => {
    const server = await createServer(t, { settings: { wal_level: 'logical' } })
    const prepared = await prepare(t, feed, server.connectionString, 'CREATE ROLE stalemate_reader')
    const { database, looker, run } = prepared
    await database.query(`GRANT stalemate_reader, pg_read_all_stats TO ${looker.name};
      ALTER ROLE ${looker.name} ${attribute(feed)}`)
    await prepared.grant(READS)
    const status = await run('status')
    t.is(status.code, 0, status.stdout + status.stderr)
    const doctor = await run('doctor')
    t.notRegex(doctor.stdout, /^problem/m)
    t.regex(doctor.stdout, /transactions {2}None has been open for long\./)
    await watches(t, prepared)
    // Looking gives no right to change anything.
    const client = await database.connect({ connectionString: looker.connectionString })
    for (const refused of [
      `DELETE FROM stalemate.migrations`,
      `UPDATE stalemate.epochs SET epoch = 9`,
      `ALTER TABLE calls DISABLE TRIGGER ALL`,
      `CREATE TABLE stalemate.mine (id int)`,
    ])
      await t.throwsAsync(client.query(refused), { message: /permission denied|must be owner/ }, refused)
  })
}
