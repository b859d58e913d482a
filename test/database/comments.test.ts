import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { applyMigrations } from '../../src/database/apply.ts'
import type { Migration } from '../../src/database/migration.ts'
import { FEEDS } from '../../src/manifest/manifest.ts'
import { checksumOf } from '../../src/plan/checksum.ts'
import { createDatabase } from '../helpers/database.ts'

/** Everything that a migration can make. */
const RULES = (feed: string): string => `
version: 1
name: app
feed: ${feed}
ddl: watch
caches: { board: { key: "board:{user_id}", params: { user_id: text } } }
tables:
  calls: [{ invalidate: board, via: agents ON agents.id = calls.agent_id, with: { user_id: agents.user_id } }]
warming:
  usual: { cache: board, params: learned }
  nightly: { cache: board, params: SELECT user_id FROM agents, schedule: "0 3 * * *" }
`

/** Objects of ours, and what is said of each. Indexes and types go with their tables. */
const OURS = `
SELECT 'schema' AS kind, nspname::text AS name, obj_description(oid, 'pg_namespace') AS comment
FROM pg_namespace WHERE nspname = 'stalemate'
UNION ALL SELECT 'relation', relname, obj_description(oid, 'pg_class') FROM pg_class
WHERE relnamespace = 'stalemate'::regnamespace AND relkind IN ('r', 'S', 'v', 'p')
UNION ALL SELECT 'function', proname, obj_description(oid, 'pg_proc') FROM pg_proc
WHERE pronamespace = 'stalemate'::regnamespace
UNION ALL SELECT 'trigger', tgname, obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'event trigger', evtname, obj_description(oid, 'pg_event_trigger') FROM pg_event_trigger
UNION ALL SELECT 'publication', pubname, obj_description(oid, 'pg_publication') FROM pg_publication`

for (const feed of FEEDS) {
  test(`${feed}: everything that a migration makes says what it is`, async (t) => {
    const database = await createDatabase(t, {
      sql: 'CREATE TABLE agents (id int, user_id text); CREATE TABLE calls (agent_id int)',
    })
    const { files, diagnostics } = await compileRules({ 'r.yaml': RULES(feed) })
    t.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    )
    const up = files.get('migrations/0001_initial.up.sql') ?? ''
    const migrations: Migration[] = [{ number: 1, name: 'initial', up, down: '', checksum: checksumOf(up) }]
    await applyMigrations({
      connection: { connectionString: database.connectionString },
      ruleset: 'app',
      migrations,
    })
    const { rows } = await database.query<{ kind: string; name: string; comment: string | null }>(OURS)
    const kinds = new Set(rows.map(({ kind }) => kind))
    for (const kind of ['schema', 'relation', 'function', 'trigger', 'event trigger'])
      t.true(kinds.has(kind), kind)
    t.is(kinds.has('publication'), feed === 'wal')
    t.deepEqual(
      rows
        .filter(({ comment }) => !comment?.startsWith('stalemate'))
        .map(({ kind, name }) => `${kind} ${name}`),
      [],
    )
  })
}
