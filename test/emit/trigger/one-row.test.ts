import test from 'ava'
import { install, migrationSql } from '../../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../../helpers/plans.ts'

const caches = [
  cacheRule('board', 'board:{user_id}', {}),
  cacheRule('pair', 'pair:{user_id}:{part}', { part: 'int' }),
  cacheRule('all', 'all', {}),
]
const TABLE = 'CREATE TABLE calls (user_id text, other_id text, part int, status text, n int)'

const plan = makePlan(caches, [
  tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] }),
  tableRule({
    table: 'calls',
    cache: 'pair',
    params: { user_id: 'user_id', part: 'part' },
    columns: ['status'],
  }),
  tableRule({ table: 'calls', cache: 'all', params: {}, columns: ['n'], when: 'n > 0', reads: ['n'] }),
])

test('a statement of no row, one, two and three rows sends what those rows are about', async (t) => {
  const { sentBy } = await install(t, plan, TABLE)
  for (const count of [0, 1, 2, 3]) {
    const users = Array.from({ length: count }, (_, index) => `u${index + 1}`)
    const about = (operation: string, all = false) => [
      ...(all && count > 0 ? [`${operation} all! unbound`] : []),
      ...users.map((user) => `${operation} board user_id=${user}`),
      ...users.map((user) => `${operation} pair user_id=${user},part=7`),
    ]
    const rows = `SELECT 'u' || i, 'o', 7, 'new', 0 FROM generate_series(1, ${count}) AS i`
    t.deepEqual(await sentBy(`INSERT INTO calls ${rows}`), about('insert').sort())
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'old'`), about('update').sort())
    t.deepEqual(await sentBy(`UPDATE calls SET other_id = 'p'`), [])
    t.deepEqual(await sentBy(`UPDATE calls SET n = 1`), count > 0 ? ['update all! unbound'] : [])
    t.deepEqual(await sentBy(`DELETE FROM calls`), about('delete', true).sort())
  }
})

test('one row that moves from one key to another is about both, in each cache once', async (t) => {
  const { sentBy } = await install(t, plan, TABLE)
  await sentBy(`INSERT INTO calls VALUES ('a', 'o', 1, 'x', 0)`)
  t.deepEqual(await sentBy(`UPDATE calls SET user_id = 'b'`), [
    'update board user_id=a',
    'update board user_id=b',
    'update pair user_id=a,part=1',
    'update pair user_id=b,part=1',
  ])
  t.deepEqual(await sentBy(`UPDATE calls SET part = 2`), [
    'update pair user_id=b,part=1',
    'update pair user_id=b,part=2',
  ])
})

test('one row whose param is NULL before, after or both is about the key that is left', async (t) => {
  const { sentBy } = await install(t, plan, TABLE)
  t.deepEqual(await sentBy(`INSERT INTO calls VALUES (NULL, 'o', 1, 'x', 0)`), [])
  t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), [])
  t.deepEqual(await sentBy(`UPDATE calls SET user_id = 'a'`), [
    'update board user_id=a',
    'update pair user_id=a,part=1',
  ])
  t.deepEqual(await sentBy(`UPDATE calls SET part = NULL`), ['update pair user_id=a,part=1'])
  t.deepEqual(await sentBy(`UPDATE calls SET user_id = NULL`), ['update board user_id=a'])
  t.deepEqual(await sentBy(`DELETE FROM calls`), [])
})

test('rules that read a key from different columns send each key of a row once', async (t) => {
  const from = (column: string, columns: readonly string[]) =>
    tableRule({ table: 'calls', cache: 'board', params: { user_id: column }, columns })
  const { sentBy } = await install(
    t,
    makePlan(caches, [from('user_id', ['status']), from('other_id', ['n'])]),
    TABLE,
  )
  for (const rows of [1, 2]) {
    const values = Array.from({ length: rows }, () => `('a', 'a', 1, 'x', 0)`).join(', ')
    t.deepEqual(await sentBy(`INSERT INTO calls VALUES ${values}`), ['insert board user_id=a'])
    t.deepEqual(await sentBy(`UPDATE calls SET other_id = 'b'`), [
      'update board user_id=a',
      'update board user_id=b',
    ])
    t.deepEqual(await sentBy(`UPDATE calls SET n = 1`), ['update board user_id=b'])
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), ['update board user_id=a'])
    t.deepEqual(await sentBy(`DELETE FROM calls`), ['delete board user_id=a', 'delete board user_id=b'])
  }
})

test('one row with more keys than are allowed makes the whole cache wrong', async (t) => {
  const rule = tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: [] })
  const { sentBy } = await install(t, makePlan(caches, [rule], { maxKeys: 1 }), TABLE)
  t.deepEqual(await sentBy(`INSERT INTO calls (user_id) VALUES ('a')`), ['insert board user_id=a'])
  t.deepEqual(await sentBy(`UPDATE calls SET user_id = 'b'`), ['update board! max-keys'])
  t.deepEqual(await sentBy(`UPDATE calls SET user_id = NULL`), ['update board user_id=b'])
})

test('the only row of a statement counts when it is swallowed on its way to another partition', async (t) => {
  const { sentBy } = await install(
    t,
    plan,
    `CREATE TABLE calls (user_id text, other_id text, part int, status text, n int) PARTITION BY LIST (part);
     CREATE TABLE calls_1 PARTITION OF calls FOR VALUES IN (1);
     CREATE TABLE calls_2 PARTITION OF calls FOR VALUES IN (2);
     CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.n <> 0 THEN NEW END; END $$;
     CREATE TRIGGER swallow BEFORE INSERT ON calls_2 FOR EACH ROW EXECUTE FUNCTION swallow();`,
  )
  const insert = `INSERT INTO calls VALUES ('a', 'o', 1, 'x', 0)`
  await sentBy(insert)
  t.deepEqual(await sentBy(`UPDATE calls SET part = 2`), [
    'update all! unbound',
    'update board user_id=a',
    'update pair user_id=a,part=1',
  ])
  await sentBy(insert)
  t.deepEqual(await sentBy(`UPDATE calls SET part = 2, n = 1`), [
    'update all! unbound',
    'update pair user_id=a,part=1',
    'update pair user_id=a,part=2',
  ])
})

const raising = makePlan(caches, [
  tableRule({
    table: 'calls',
    cache: 'board',
    params: { user_id: 'user_id' },
    columns: ['status'],
    when: '1 / n = 1',
    reads: ['n'],
  }),
])

test('a condition that raises for one row, before or after, makes the cache wrong', async (t) => {
  const { sentBy } = await install(t, raising, TABLE)
  t.deepEqual(await sentBy(`INSERT INTO calls (user_id, n) VALUES ('a', 0)`), ['insert board! error'])
  t.deepEqual(await sentBy(`UPDATE calls SET n = 2`), ['update board! error'])
  t.deepEqual(await sentBy(`UPDATE calls SET n = 0`), ['update board! error'])
  t.deepEqual(await sentBy(`UPDATE calls SET n = 0 WHERE n = 1`), [])
  t.deepEqual(await sentBy(`DELETE FROM calls`), ['delete board! error'])
})

test('a column renamed in a session that has changed many single rows breaks no write of one row', async (t) => {
  const { writer, sentBy } = await install(t, plan, TABLE)
  const write = async (): Promise<void> => {
    await writer.query(`INSERT INTO calls VALUES ('a', 'o', 1, 'x', 0)`)
    await writer.query(`UPDATE calls SET status = 'y'`)
    await writer.query(`DELETE FROM calls`)
  }
  await sentBy(async () => {
    for (let round = 0; round < 10; round += 1) await write()
  })
  const exact = await sentBy(write)
  t.true(exact.includes('update board user_id=a'))
  await sentBy('ALTER TABLE calls RENAME user_id TO owner_id')
  t.deepEqual(
    (await sentBy(write)).filter((line) => line.includes('board')),
    ['delete board! error', 'insert board! error', 'update board! error'],
  )
  await sentBy('ALTER TABLE calls RENAME owner_id TO user_id')
  t.deepEqual(await sentBy(write), exact)
})

const sampled = makePlan(
  caches,
  [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] })],
  { maxKeys: 3 },
)

test('many rows are all looked at unless a few of them say that there are too many keys', async (t) => {
  const { sentBy } = await install(t, sampled, TABLE)
  const insert = (user: string) =>
    `INSERT INTO calls SELECT ${user}, 'o', i, 'x', 0 FROM generate_series(1, 40) AS i`
  const broad = ['delete', 'insert', 'update'].map((operation) => `${operation} board! max-keys`)
  const writes = (user: string) => `${insert(user)}; UPDATE calls SET status = 'y'; DELETE FROM calls`
  t.deepEqual(await sentBy(writes('i')), broad)
  t.deepEqual(await sentBy(writes('greatest(i, 30)')), broad)
  t.deepEqual(
    await sentBy(writes('i / 14')),
    ['delete', 'insert', 'update'].flatMap((operation) =>
      ['0', '1', '2'].map((user) => `${operation} board user_id=${user}`),
    ),
  )
  await sentBy(insert('i'))
  t.deepEqual(await sentBy(`UPDATE calls SET status = CASE WHEN part > 38 THEN 'z' ELSE status END`), [
    'update board user_id=39',
    'update board user_id=40',
  ])
})

test('a few rows speak for all only if all rows are about their keys', async (t) => {
  const { sentBy } = await install(t, sampled, TABLE)
  const rows = (user: string) =>
    sentBy(
      `DELETE FROM calls; INSERT INTO calls SELECT ${user}, 'o', i, 'x', 0 FROM generate_series(1, 40) AS i`,
    )
  const about = (...users: readonly string[]) => users.map((user) => `update board user_id=${user}`)
  await rows(`'a'`)
  t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), about('a'))
  t.deepEqual(await sentBy(`UPDATE calls SET status = 'z', user_id = CASE part WHEN 40 THEN 'b' ELSE 'a' END`), about('a', 'b')) // prettier-ignore
  await rows(`CASE WHEN i > 30 THEN 'b' ELSE 'a' END`)
  t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), about('a', 'b'))
  t.deepEqual(
    await sentBy(`UPDATE calls SET status = CASE user_id WHEN 'a' THEN 'z' ELSE status END`),
    about('a'),
  )
  await rows(`CASE WHEN i > 30 THEN NULL ELSE 'a' END`)
  t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), about('a'))
})

test('without the second look, a few rows would speak for all', async (t) => {
  const { up, down } = migrationSql(sampled)
  const second = 'EXIT WHEN stalemate_sample IS NULL OR '
  t.true(up.includes(second))
  const { database, sentBy } = await install(t, sampled, TABLE)
  await database.query(down)
  await database.query(up.replaceAll(second, 'EXIT WHEN true OR '))
  await sentBy(`INSERT INTO calls SELECT i, 'o', i, 'x', 0 FROM generate_series(1, 40) AS i`)
  t.deepEqual(await sentBy(`UPDATE calls SET status = CASE WHEN part > 38 THEN 'z' ELSE status END`), [])
})
