import test from 'ava'
import { install, migrationSql } from '../../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../../helpers/plans.ts'

/** Each row has a key of its own, and only `status` matters: a pair of the wrong rows shows as a wrong key. */
const plan = makePlan(
  [cacheRule('board', 'board:{id}', {}), cacheRule('open', 'open:{id}', {})],
  [
    tableRule({ table: 'calls', cache: 'board', params: { id: 'id' }, columns: ['status'] }),
    tableRule({
      table: 'calls',
      cache: 'open',
      params: { id: 'id' },
      columns: ['status'],
      when: `status = 'open'`,
      reads: ['status'],
      on: ['update'],
    }),
  ],
  { maxKeys: 200_000 },
)

const PARTITIONED = `
  CREATE TABLE calls (id text, status text, part int, note text) PARTITION BY LIST (part);
  CREATE TABLE calls_1 PARTITION OF calls FOR VALUES IN (1);
  CREATE TABLE calls_2 (note text, part int, dropped int, status text, id text);
  ALTER TABLE calls_2 DROP COLUMN dropped;
  ALTER TABLE calls ATTACH PARTITION calls_2 FOR VALUES IN (2);
`

test('rows that move between partitions are paired with what they were', async (t) => {
  const { writer, sentBy } = await install(t, plan, PARTITIONED)
  await sentBy(`INSERT INTO calls SELECT i, 'new', 1 + i % 2 FROM generate_series(1, 6) AS i`)
  t.deepEqual(await sentBy(`UPDATE calls SET part = 3 - part`), [])
  t.deepEqual(
    await sentBy(`UPDATE calls SET part = 2, status = CASE WHEN id IN ('2', '5') THEN 'x' ELSE status END`),
    ['update board id=2', 'update board id=5'],
  )
  t.deepEqual(await sentBy(`UPDATE calls SET part = 1, id = 'n' || id WHERE id = '3'`), [
    'update board id=3',
    'update board id=n3',
  ])
  t.is((await writer.query('SELECT FROM calls')).rowCount, 6)
})

/** Each row takes the place of the one before it, and the first is swallowed on its way to the other partition. */
const SWALLOWING = `${PARTITIONED}
  CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.id = '0' THEN NULL ELSE NEW END; END $$;
  CREATE TRIGGER swallow BEFORE INSERT ON calls_2 FOR EACH ROW EXECUTE FUNCTION swallow();`
const THREE = `INSERT INTO calls VALUES ('1', 'x', 1), ('2', 'y', 1), ('3', 'open', 1)`
const SHIFT = `UPDATE calls SET part = 2, id = id::int - 1, status = CASE id WHEN '2' THEN 'x' WHEN '3' THEN 'y' ELSE status END`

test('a row that a BEFORE trigger swallows on its way makes every row of the statement count', async (t) => {
  const { sentBy } = await install(t, plan, SWALLOWING)
  await sentBy(THREE)
  t.deepEqual(
    await sentBy(SHIFT),
    ['board', 'open'].flatMap((cache) => ['1', '2', '3'].map((id) => `update ${cache} id=${id}`)),
  )
})

test('without the comparison of counts, a swallowed row would lose keys', async (t) => {
  const { up, down } = migrationSql(plan)
  const guard = '(SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows)'
  t.true(up.includes(guard))
  const { database, sentBy } = await install(t, plan, SWALLOWING)
  await database.query(down)
  await database.query(up.replace(guard, 'false'))
  await sentBy(THREE)
  t.deepEqual(await sentBy(SHIFT), ['update board id=3', 'update open id=3'])
})

test('100,000 rows are paired also when they are spilled to disk', async (t) => {
  const { writer, sentBy } = await install(t, plan, 'CREATE TABLE calls (id text, status text, note text)')
  await sentBy(
    `INSERT INTO calls SELECT i, 'new', repeat('n', 100) FROM generate_series(1, 100000) AS i; ANALYZE calls`,
  )
  await writer.query(`SET work_mem = '64kB'`)
  t.deepEqual(
    await sentBy(
      `UPDATE calls SET note = 'm', status = CASE WHEN id::int % 9999 = 0 THEN 'x' ELSE status END`,
    ),
    Array.from({ length: 10 }, (_, i) => `update board id=${(i + 1) * 9999}`).sort(),
  )
  t.deepEqual(await sentBy(`DELETE FROM calls WHERE id::int > 3`), [
    ...Array.from({ length: 99_997 }, (_, i) => `delete board id=${i + 4}`).sort(),
  ])
})

test('rows that a foreign key changes are paired, over one level and two', async (t) => {
  const cascade = makePlan(
    [cacheRule('lead', 'lead:{user_id}', {}), cacheRule('call', 'call:{user_id}:{agent_id}', {})],
    [
      tableRule({ table: 'agents', cache: 'lead', params: { user_id: 'user_id' } }),
      tableRule({
        table: 'calls',
        cache: 'call',
        params: { user_id: 'user_id', agent_id: 'agent_id' },
        columns: [],
      }),
    ],
  )
  const { sentBy } = await install(
    t,
    cascade,
    `CREATE TABLE users (id text PRIMARY KEY);
     CREATE TABLE agents (id text PRIMARY KEY, user_id text REFERENCES users ON DELETE CASCADE ON UPDATE CASCADE, UNIQUE (user_id, id));
     CREATE TABLE calls (user_id text, agent_id text,
       FOREIGN KEY (user_id, agent_id) REFERENCES agents (user_id, id) ON DELETE CASCADE ON UPDATE CASCADE);`,
  )
  await sentBy(`INSERT INTO users VALUES ('u1'), ('u2'), ('u3'); INSERT INTO agents VALUES ('a1', 'u1'), ('a2', 'u2'), ('a3', 'u2');
    INSERT INTO calls VALUES ('u1', 'a1'), ('u2', 'a2'), ('u2', 'a3'), ('u2', 'a3')`)
  t.deepEqual(
    [...new Set(await sentBy(`UPDATE users SET id = 'n' || id WHERE id <> 'u3'`))],
    [
      'update call user_id=nu1,agent_id=a1',
      'update call user_id=nu2,agent_id=a2',
      'update call user_id=nu2,agent_id=a3',
      'update call user_id=u1,agent_id=a1',
      'update call user_id=u2,agent_id=a2',
      'update call user_id=u2,agent_id=a3',
      'update lead user_id=nu1',
      'update lead user_id=nu2',
      'update lead user_id=u1',
      'update lead user_id=u2',
    ],
  )
  t.deepEqual(
    [...new Set(await sentBy(`DELETE FROM users`))],
    [
      'delete call user_id=nu1,agent_id=a1',
      'delete call user_id=nu2,agent_id=a2',
      'delete call user_id=nu2,agent_id=a3',
      'delete lead user_id=nu1',
      'delete lead user_id=nu2',
    ],
  )
})

test('a foreign key that sets NULL sends the key that the rows leave', async (t) => {
  const { sentBy } = await install(
    t,
    makePlan(
      [cacheRule('board', 'board:{user_id}', {})],
      [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: [] })],
    ),
    `CREATE TABLE users (id text PRIMARY KEY); CREATE TABLE calls (user_id text REFERENCES users ON DELETE SET NULL);`,
  )
  await sentBy(`INSERT INTO users VALUES ('a'), ('b'); INSERT INTO calls VALUES ('a'), ('b'), ('b')`)
  t.deepEqual(await sentBy(`DELETE FROM users`), ['update board user_id=a', 'update board user_id=b'])
})

test('a writable CTE that updates one table several times, interleaved, pairs each row with itself', async (t) => {
  const { sentBy } = await install(t, plan, 'CREATE TABLE calls (id text, status text, note text)')
  await sentBy(`INSERT INTO calls SELECT i, 'new' FROM generate_series(1, 40) AS i`)
  t.deepEqual(
    await sentBy(`
      WITH a AS (UPDATE calls SET note = 'a', status = CASE id WHEN '4' THEN 'x' ELSE status END WHERE id::int % 3 = 1 RETURNING id),
           b AS (UPDATE calls SET note = 'b' WHERE id::int % 3 = 2 RETURNING id)
      UPDATE calls SET note = 'c', status = CASE calls.id WHEN '9' THEN 'x' ELSE status END
      FROM (SELECT a.id AS a, b.id AS b FROM a JOIN b ON b.id::int = a.id::int + 1) AS j WHERE calls.id::int = j.b::int + 1`),
    ['update board id=4', 'update board id=9'],
  )
})

test('a session that has updated single rows does not plan badly for ten thousand', async (t) => {
  const tables = 'CREATE TABLE calls (id text PRIMARY KEY, status text, note text)'
  const { database, writer } = await install(t, plan, tables)
  await writer.query(`INSERT INTO calls SELECT i, 'new' FROM generate_series(1, 10000) AS i`)
  const many = async (client: typeof writer): Promise<number> => {
    const start = performance.now()
    await client.query(`UPDATE calls SET status = status || 'x'`)
    return performance.now() - start
  }
  // One row has a query of its own; the one for many is planned for the first few.
  for (let i = 1; i <= 20; i += 1) {
    await writer.query(`UPDATE calls SET status = 'y' WHERE id = $1`, [String(i)])
    await writer.query(`UPDATE calls SET status = 'z' WHERE id IN ($1, $2)`, [String(i), String(i + 1)])
  }
  const fresh = await database.connect()
  const ratios: number[] = []
  for (let round = 0; round < 3; round += 1) ratios.push((await many(writer)) / (await many(fresh)))
  // A nested loop over 10,000 x 10,000 rows would take a hundred times as long.
  t.true(Math.min(...ratios) < 5, `ratios ${ratios.map((ratio) => ratio.toFixed(1)).join(', ')}`)
})
