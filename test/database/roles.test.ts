import { randomBytes } from 'node:crypto'
import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { applyMigrations } from '../../src/database/apply.ts'
import { readDesired } from '../../src/database/desired.ts'
import type { Migration } from '../../src/database/migration.ts'
import { rollBack } from '../../src/database/roll-back.ts'
import { readStatus } from '../../src/database/status/status.ts'
import { createStalemate } from '../../src/engine.ts'
import { FEEDS, type FeedName } from '../../src/manifest/manifest.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'
import { checksumOf } from '../../src/plan/checksum.ts'
import { createDatabase } from '../helpers/database.ts'
import { createServer } from '../helpers/server.ts'

const RULES = (feed: FeedName): string => `
version: 1
name: app
feed: ${feed}
caches: { board: { key: "board:{user_id}", params: { user_id: text } } }
tables:
  calls: [{ invalidate: board, via: agents ON agents.id = calls.agent_id, with: { user_id: agents.user_id } }]
`

/** What docs/operations.md asks for. */
const GRANTS = `
GRANT CREATE ON DATABASE current TO app_owner;
ALTER TABLE calls OWNER TO app_owner; ALTER TABLE agents OWNER TO app_owner;
GRANT INSERT, UPDATE, SELECT ON calls, agents TO app_writer;
GRANT SELECT ON calls, agents TO app_reader;`

type Caches = { board: { params: { user_id: string }; value: number } }

for (const feed of FEEDS) {
  test(`${feed}: owner, writer and reader do with the rights that are documented, and no superuser`, async (t) => {
    const server = await createServer(t, { settings: { wal_level: 'logical' } })
    const password = randomBytes(12).toString('hex')
    const database = await createDatabase(t, {
      server: server.connectionString,
      sql: `CREATE TABLE agents (id int, user_id text); CREATE TABLE calls (agent_id int); INSERT INTO agents VALUES (1, 'a')`,
    })
    const roles = ['app_owner', 'app_writer', 'app_reader']
    await database.query(`CREATE ROLE stalemate_reader;
      ${roles.map((role) => `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`).join(';')};
      GRANT stalemate_reader TO app_reader;
      ${feed === 'wal' ? 'ALTER ROLE app_reader REPLICATION;' : ''}
      ${GRANTS.replace('current', database.name)}`)
    const as = (role: string) => {
      const url = new URL(database.connectionString)
      url.username = role
      url.password = password
      return { connectionString: url.href }
    }
    const { files } = await compileRules({ 'r.yaml': RULES(feed) })
    const up = files.get('migrations/0001_initial.up.sql') ?? ''
    const down = files.get('migrations/0001_initial.down.sql') ?? ''
    const migrations: Migration[] = [{ number: 1, name: 'initial', up, down, checksum: checksumOf(up) }]
    await applyMigrations({ connection: as('app_owner'), ruleset: 'app', migrations })

    const app = await createStalemate<Caches>({
      manifest: readManifest(JSON.parse(files.get('manifest.json') ?? '')),
      connection: as('app_reader'),
      loaders: {
        board: async () => Number((await database.query('SELECT count(*) AS n FROM calls')).rows[0]?.['n']),
      },
    })
    t.teardown(() => app.close())
    app.on('error', ({ error }) => t.log(error))
    await app.ready
    t.is(await app.caches.board.get({ user_id: 'a' }), 0)
    t.is(app.caches.board.peek({ user_id: 'a' }), 0)
    const writer = await database.connect(as('app_writer'))
    await t.throwsAsync(writer.query('SELECT FROM stalemate.migrations'), { message: /permission denied/ })
    await writer.query('INSERT INTO calls VALUES (1)')
    await app.sync()
    t.is(app.caches.board.peek({ user_id: 'a' }), undefined)
    t.is(await app.caches.board.get({ user_id: 'a' }), 1)

    const connection = as('app_owner')
    const desired = readDesired(files)
    t.deepEqual((await readStatus({ connection, desired, migrations })).drifts, [])
    if (feed === 'outbox') {
      await database.query(`ALTER TABLE stalemate.outbox_0 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        REVOKE INSERT ON stalemate.outbox_1 FROM app_owner`)
      const { drifts } = await readStatus({ connection, desired, migrations })
      t.deepEqual(drifts.map(({ kind, object }) => `${kind} ${object}`).sort(), [
        'rights role app_owner',
        'row-security table stalemate.outbox_0',
      ])
      await database.query(drifts.flatMap(({ repair }) => repair).join('\n'))
      t.deepEqual((await readStatus({ connection, desired, migrations })).drifts, [])
    }
    await app.close()
    await rollBack({ connection, ruleset: 'app', migrations })
    t.is((await database.query(`SELECT FROM pg_namespace WHERE nspname = 'stalemate'`)).rowCount, 0)
  })
}
