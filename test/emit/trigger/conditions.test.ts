import test from 'ava'
import { install } from '../../helpers/installation.ts'
import { cacheRule, makePlan, type RuleOptions, tableRule } from '../../helpers/plans.ts'

const caches = [cacheRule('board', 'board:{user_id}', {}), cacheRule('other', 'other:{id}', { id: 'int' })]
const TABLE =
  'CREATE TABLE calls (id int, user_id text, status text, n int, note text, flag boolean, made date)'

function planWhen(when: string, reads: readonly string[], more: Partial<RuleOptions> = {}) {
  return makePlan(caches, [
    tableRule({
      table: 'calls',
      cache: 'board',
      params: { user_id: 'user_id' },
      columns: [],
      when,
      reads,
      ...more,
    }),
  ])
}

test('a condition that holds sends, one that does not or is null does not', async (t) => {
  const { sentBy } = await install(t, planWhen(`status = 'done'`, ['status']), TABLE)
  t.deepEqual(await sentBy(`INSERT INTO calls VALUES (1, 'a', 'done'), (2, 'b', 'open'), (3, 'c', NULL)`), [
    'insert board user_id=a',
  ])
  t.deepEqual(await sentBy(`DELETE FROM calls`), ['delete board user_id=a'])
})

test('an update counts if the condition held before or holds after, for the keys of both', async (t) => {
  const { writer, sentBy } = await install(t, planWhen(`status = 'done'`, ['status']), TABLE)
  await writer.query(
    `INSERT INTO calls VALUES (1, 'a', 'open'), (2, 'b', 'done'), (3, 'c', 'open'), (4, 'd', NULL)`,
  )
  await sentBy('SELECT')
  t.deepEqual(
    await sentBy(`UPDATE calls SET user_id = 'z' || user_id, status = CASE status WHEN 'done' THEN 'open' WHEN 'open' THEN
      CASE id WHEN 1 THEN 'done' ELSE 'open' END END`),
    [
      'update board user_id=a',
      'update board user_id=b',
      'update board user_id=za',
      'update board user_id=zb',
    ],
  )
})

for (const [title, when] of [
  ['divides by zero', '1 / n = 1'],
  ['casts what is no number', `note::int = 1`],
  ['is not boolean', `'x' || note`],
  ['names a column that is not there', 'missing = 1'],
  ['names a function that is not there', 'nowhere(note)'],
  ['reads a variable of no kind', '$1 = 1'],
] as const) {
  test(`a condition that ${title} makes the cache wrong and lets the writer write`, async (t) => {
    const { writer, sentBy } = await install(t, planWhen(when, ['n', 'note']), TABLE)
    const insert = `INSERT INTO calls (id, user_id, n, note) VALUES (1, 'a', 0, 'x')`
    t.deepEqual(await sentBy(insert), ['insert board! error'])
    t.deepEqual(await sentBy(`UPDATE calls SET n = 0, note = 'y'`), ['update board! error'])
    t.deepEqual(await sentBy('DELETE FROM calls'), ['delete board! error'])
    t.is((await writer.query('SELECT FROM calls')).rowCount, 0)
    t.deepEqual(await sentBy('UPDATE calls SET n = 0; DELETE FROM calls'), [])
  })
}

test('a condition that raises leaves the rest of the transaction as it is', async (t) => {
  const { writer, sentBy } = await install(t, planWhen('1 / n = 1', ['n']), TABLE)
  t.deepEqual(
    await sentBy(`BEGIN; INSERT INTO calls (user_id, n) VALUES ('a', 1); INSERT INTO calls (user_id, n) VALUES ('b', 0);
      INSERT INTO calls (user_id, n) VALUES ('c', 1); COMMIT`),
    ['insert board user_id=a', 'insert board user_id=c', 'insert board! error'],
  )
  t.is((await writer.query('SELECT FROM calls')).rowCount, 3)
})

test('a condition may end with a comment, contain quotes, and look like our own SQL', async (t) => {
  const when = `status = '$stalemate$ it''s;' OR status = 'END' -- a comment`
  const { sentBy } = await install(t, planWhen(when, ['status']), TABLE)
  t.deepEqual(
    await sentBy(`INSERT INTO calls VALUES (1, 'a', '$stalemate$ it''s;'), (2, 'b', 'END'), (3, 'c', 'x')`),
    ['insert board user_id=a', 'insert board user_id=b'],
  )
  t.deepEqual(await sentBy(`UPDATE calls SET status = 'y' WHERE id > 1`), ['update board user_id=b'])
})

test('a column may be called as a variable of the trigger is', async (t) => {
  const { sentBy } = await install(
    t,
    planWhen('found AND stalemate_targets = tg_op', ['found', 'stalemate_targets', 'tg_op']),
    'CREATE TABLE calls (user_id text, found boolean, stalemate_targets text, tg_op text)',
  )
  t.deepEqual(
    await sentBy(
      `INSERT INTO calls VALUES ('a', true, 'x', 'x'), ('b', true, 'x', 'INSERT'), ('c', false, 'x', 'x')`,
    ),
    ['insert board user_id=a'],
  )
})

test('a condition may qualify its columns with the name of the table', async (t) => {
  const { sentBy } = await install(t, planWhen(`calls.status = 'done' AND n > 0`, ['status', 'n']), TABLE)
  t.deepEqual(
    await sentBy(
      `INSERT INTO calls (user_id, status, n) VALUES ('a', 'done', 1), ('b', 'done', 0); UPDATE calls SET n = 2 WHERE n = 1`,
    ),
    ['insert board user_id=a', 'update board user_id=a'],
  )
})

test('a column renamed, dropped or retyped in a running session breaks no write', async (t) => {
  const { sentBy } = await install(
    t,
    planWhen(`status = 'done'`, ['status'], { columns: ['n'] }),
    'CREATE TABLE calls (user_id text, status text, n int, flag boolean)',
  )
  const writes = `INSERT INTO calls VALUES ('a', 'done', 1); UPDATE calls SET n = 2; DELETE FROM calls`
  const exact = ['delete', 'insert', 'update'].map((operation) => `${operation} board user_id=a`)
  const broad = ['delete', 'insert', 'update'].map((operation) => `${operation} board! error`)
  t.deepEqual(await sentBy(writes), exact)
  t.deepEqual(await sentBy('ALTER TABLE calls ALTER n TYPE bigint, ALTER status TYPE varchar(20)'), [])
  t.deepEqual(await sentBy(writes), exact)
  await sentBy('ALTER TABLE calls RENAME status TO state')
  t.deepEqual(await sentBy(writes), broad)
  await sentBy('ALTER TABLE calls RENAME state TO status')
  t.deepEqual(await sentBy(writes), exact)
  await sentBy('ALTER TABLE calls RENAME user_id TO owner_id')
  t.deepEqual(await sentBy(writes), broad)
  await sentBy(`ALTER TABLE calls RENAME owner_id TO user_id; ALTER TABLE calls ADD extra text DEFAULT 'x'`)
  t.deepEqual(await sentBy(writes), exact)
  await sentBy('ALTER TABLE calls DROP n; ALTER TABLE calls ADD m int')
  t.deepEqual(
    await sentBy(`INSERT INTO calls VALUES ('a', 'done', true); UPDATE calls SET m = 2; DELETE FROM calls`),
    ['delete board user_id=a', 'insert board user_id=a', 'update board! error'],
  )
})

test("operators, functions, types and tables of the writer's own do not get into the triggers", async (t) => {
  const { database, writer, sentBy } = await install(t, planWhen(`status = 'done'`, ['status']), TABLE)
  await database.query(`
    CREATE SCHEMA evil;
    CREATE FUNCTION evil.no(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'caught'; END $$;
    CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.no);
    CREATE OPERATOR evil.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.no);
    CREATE FUNCTION evil.to_json(text) RETURNS json LANGUAGE sql AS $$ SELECT '"evil"'::json $$;
    CREATE FUNCTION evil.pg_notify(text, text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'caught'; END $$;
    CREATE FUNCTION evil.concat_ws(text, text) RETURNS text LANGUAGE sql AS $$ SELECT 'evil' $$;
    CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
    CREATE TABLE evil.new_rows (user_id pg_catalog.text);
  `)
  await writer.query(`
    SET search_path = evil, pg_temp, pg_catalog, public;
    CREATE TEMP TABLE new_rows (user_id pg_catalog.text); CREATE TEMP TABLE old_rows (user_id pg_catalog.text);
    CREATE TEMP TABLE pairs (user_id pg_catalog.text); CREATE TEMP TABLE keys (key int);
  `)
  t.deepEqual(
    await sentBy(
      `INSERT INTO public.calls VALUES (1, 'a', 'done'); UPDATE public.calls SET status = 'x'; DELETE FROM public.calls`,
    ),
    ['insert board user_id=a', 'update board user_id=a'],
  )
})

test('a writer needs no right on our schema', async (t) => {
  const { database, writer, sentBy } = await install(t, planWhen(`status = 'done'`, ['status']), TABLE)
  const role = `w_${database.name}`
  await database.query(
    `CREATE ROLE ${role}; GRANT INSERT, UPDATE, DELETE, SELECT, TRUNCATE ON calls TO ${role}`,
  )
  t.teardown(() => database.adminQuery(`DROP ROLE ${role}`))
  await writer.query(`SET ROLE ${role}`)
  await t.throwsAsync(writer.query(`SELECT stalemate.emit_v1('a', 'b', 'c')`), { code: '42501' })
  t.deepEqual(
    await sentBy(
      `INSERT INTO calls VALUES (1, 'a', 'done'); UPDATE calls SET status = 'x'; DELETE FROM calls; TRUNCATE calls`,
    ),
    ['insert board user_id=a', 'truncate board! truncate', 'update board user_id=a'],
  )
  await writer.query('RESET ROLE')
  await database.query(`DROP OWNED BY ${role}`)
})

test('an error in one condition does not make a cache of another table wrong', async (t) => {
  const plan = makePlan(caches, [
    tableRule({
      table: 'calls',
      cache: 'board',
      params: { user_id: 'user_id' },
      when: '1 / n = 1',
      reads: ['n'],
    }),
    tableRule({ table: 'leads', cache: 'other', params: { id: 'id' } }),
  ])
  const { sentBy } = await install(t, plan, `${TABLE}; CREATE TABLE leads (id int)`)
  t.deepEqual(await sentBy(`INSERT INTO calls (user_id, n) VALUES ('a', 0); INSERT INTO leads VALUES (7)`), [
    'insert board! error',
    'insert other id=7',
  ])
})

test('an error in one condition leaves the caches without a condition exact', async (t) => {
  const rule = (cache: string, params: Readonly<Record<string, string>>, when?: string) =>
    tableRule({
      table: 'calls',
      cache,
      params,
      columns: ['status'],
      ...(when !== undefined && { when, reads: ['n'] }),
    })
  const plan = makePlan(caches, [
    rule('board', { user_id: 'user_id' }, '1 / n = 1'),
    rule('other', { id: 'id' }),
  ])
  const { sentBy } = await install(t, plan, TABLE)
  for (const rows of [1, 2]) {
    const ids = Array.from({ length: rows }, (_, index) => index + 1)
    const sent = (operation: string) => [
      `${operation} board! error`,
      ...ids.map((id) => `${operation} other id=${id}`),
    ]
    const insert = `INSERT INTO calls (id, user_id, n) VALUES ${ids.map((id) => `(${id}, 'a', 0)`).join(', ')}`
    t.deepEqual(await sentBy(insert), sent('insert'))
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'x'`), sent('update'))
    t.deepEqual(await sentBy(`UPDATE calls SET n = 5`), ['update board! error'])
    await sentBy(`UPDATE calls SET n = 0`)
    t.deepEqual(await sentBy('DELETE FROM calls'), sent('delete'))
    t.deepEqual(await sentBy('ALTER TABLE calls RENAME id TO other_id'), [])
    t.deepEqual(await sentBy(`INSERT INTO calls (user_id, n) VALUES ('a', 1)`), [
      'insert board! error',
      'insert other! error',
    ])
    t.deepEqual(await sentBy('ALTER TABLE calls RENAME other_id TO id; TRUNCATE calls'), [
      'truncate board! truncate',
      'truncate other! truncate',
    ])
  }
})
