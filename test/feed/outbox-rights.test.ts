import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { createFeedBench } from '../contract/feed-bench.ts'
import { ROOT } from '../helpers/root.ts'
import { uniqueName } from '../helpers/unique-name.ts'

/** The grants that the documentation names. */
function readGrants(role: string): string {
  const page = readFileSync(join(ROOT, 'docs/feeds.md'), 'utf8')
  const sql = /```sql\n([^`]*GRANT[^`]*)```/.exec(page)?.[1] ?? ''
  return sql.replaceAll('app_reader', role)
}

test('a role with the grants that are documented can read the outbox, and a writer needs none', async (t) => {
  const [reader, writer] = [uniqueName('reader'), uniqueName('writer')]
  const password = randomBytes(12).toString('hex')
  const bench = await createFeedBench(t, {
    feed: 'outbox',
    connectionString: async (database) => {
      const roles = [reader, writer]
        .map((role) => `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`)
        .join(';')
      await database.adminQuery(roles)
      await database.query(`GRANT INSERT ON calls TO ${writer}`)
      await database.query(readGrants(reader))
      return asRole(database.connectionString, reader, password)
    },
  })
  t.teardown(async () => {
    await bench.feed.close()
    await bench.database.query(`DROP OWNED BY ${reader}, ${writer}`)
    await bench.database.adminQuery(`DROP ROLE ${reader}, ${writer}`)
  })
  await bench.start()
  const client = await bench.database.connect({
    connectionString: asRole(bench.database.connectionString, writer, password),
  })
  await client.query(`INSERT INTO calls VALUES ('a')`)
  await t.throwsAsync(client.query('SELECT FROM stalemate.outbox_0'), { message: /permission denied/ })
  await bench.feed.barrier()
  t.deepEqual(bench.keys(), ['a'])
  const own = await bench.database.connect({
    connectionString: asRole(bench.database.connectionString, reader, password),
  })
  await own.query(`SELECT stalemate.bell_v1('stalemate.${bench.channel}', 0, true)`)
  for (const table of [0, 1, 2]) {
    await own.query(`INSERT INTO stalemate.outbox_${table} (xid, channel, message) VALUES ('3', 'other', '')`)
  }
  const { rows } = await own.query<{ trimmed: number }>('SELECT stalemate.trim_v1() AS trimmed')
  t.true((rows[0]?.trimmed ?? 0) > 0)
})

function asRole(connectionString: string, role: string, password: string): string {
  const url = new URL(connectionString)
  url.username = role
  url.password = password
  return url.href
}
