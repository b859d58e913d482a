import test from 'ava'
import { install, migrationSql } from '../../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../../helpers/plans.ts'

/** So many keys that there are two samples, of 64 rows and of 77: a table of over 231 rows can have both. */
const plan = makePlan(
  [cacheRule('board', 'board:{user_id}', {})],
  [tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] })],
  { maxKeys: 50 },
)
const TABLE = 'CREATE TABLE calls (user_id text, n int, status text, note text)'
const ROWS = 400

const fill = (user: string): string =>
  `TRUNCATE calls; INSERT INTO calls SELECT ${user}, n, 'x' FROM generate_series(1, ${ROWS}) AS n`
const about = (...users: readonly string[]): readonly string[] =>
  users.map((user) => `update board user_id=${user}`).sort()
const setStatus = (where: string): string =>
  `UPDATE calls SET note = 'm', status = CASE WHEN ${where} THEN status || 'y' ELSE status END`

test('all rows are looked at where neither sample is enough', async (t) => {
  const { sentBy } = await install(t, plan, TABLE)
  const written = async (user: string, where: string): Promise<readonly string[]> => {
    await sentBy(fill(user))
    return await sentBy(setStatus(where))
  }
  // The samples have nothing.
  t.deepEqual(await written(`'a'`, 'n = 400'), about('a'))
  t.deepEqual(await written(`'a'`, 'false'), [])
  // They have one key, and the only one that there is.
  t.deepEqual(await written(`'a'`, 'true'), about('a'))
  // They have one of two, and the second comes after the rows of either.
  t.deepEqual(await written(`CASE WHEN n > 300 THEN 'b' ELSE 'a' END`, 'true'), about('a', 'b'))
  t.deepEqual(await written(`CASE WHEN n > 300 THEN 'b' ELSE 'a' END`, `n < 300`), about('a'))
  // The second is in the larger sample only.
  t.deepEqual(await written(`CASE WHEN n = 70 THEN 'b' ELSE 'a' END`, 'true'), about('a', 'b'))
  // As many as are allowed, and one more.
  const users = Array.from({ length: 50 }, (_, n) => String(n))
  t.deepEqual(await written('n % 50', 'true'), about(...users))
  t.deepEqual(await written('n % 50', 'n > 390'), about(...users.slice(41), '0'))
  t.deepEqual(await written('n % 51', 'true'), ['update board! max-keys'])
  t.deepEqual(await written('n', 'n > 50'), ['update board! max-keys'])
  t.deepEqual(await written('n', 'n > 390'), about(...Array.from({ length: 10 }, (_, n) => String(391 + n))))
  // Rows without a key.
  t.deepEqual(await written('NULL', 'true'), [])
  t.deepEqual(await written(`CASE WHEN n = 350 THEN 'b' END`, 'true'), about('b'))
})

test('rows that leave their key count also where the sample is all about one', async (t) => {
  const { sentBy } = await install(t, plan, TABLE)
  await sentBy(fill(`'a'`))
  t.deepEqual(
    await sentBy(`UPDATE calls SET status = 'y', user_id = CASE WHEN n = 399 THEN 'b' ELSE 'a' END`),
    about('a', 'b'),
  )
  t.deepEqual(await sentBy(`UPDATE calls SET status = 'z', user_id = 'a'`), about('a', 'b'))
})

test('a swallowed row makes every row count also where there are rows enough for samples', async (t) => {
  const { sentBy } = await install(
    t,
    plan,
    `CREATE TABLE calls (user_id text, n int, status text, note text, part int DEFAULT 1) PARTITION BY LIST (part);
     CREATE TABLE calls_1 PARTITION OF calls FOR VALUES IN (1);
     CREATE TABLE calls_2 PARTITION OF calls FOR VALUES IN (2);
     CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.n <> 1 THEN NEW END; END $$;
     CREATE TRIGGER swallow BEFORE INSERT ON calls_2 FOR EACH ROW EXECUTE FUNCTION swallow();`,
  )
  await sentBy(fill(`CASE WHEN n IN (200, 400) THEN n::text ELSE 'a' END`))
  t.deepEqual(await sentBy(`UPDATE calls SET part = 2`), about('200', '400', 'a'))
})

const MUTANTS = [
  {
    title: 'without the look past what the first rows say at most, their keys would be taken for all',
    what: 'EXIT samples WHEN stalemate_reach IS NULL',
    with: 'EXIT samples WHEN true',
    sent: about('a'),
  },
  {
    title: 'without the comparison with what all rows say at most, a sample would speak for all',
    what: 'EXIT WHEN stalemate_sample IS NULL OR',
    with: `EXIT WHEN stalemate_targets <> '' OR`,
    sent: about('a'),
  },
  {
    title: 'without a last look at all rows, what the samples do not have would be lost',
    what: 'LIMIT (SELECT stalemate_sample)',
    with: 'LIMIT 64',
    sent: about('a'),
  },
] as const

for (const mutant of MUTANTS) {
  test(mutant.title, async (t) => {
    const { up, down } = migrationSql(plan)
    t.true(up.includes(mutant.what))
    const { database, sentBy } = await install(t, plan, TABLE)
    await database.query(down)
    await database.query(up.replaceAll(mutant.what, mutant.with))
    await sentBy(fill(`CASE WHEN n > 300 THEN 'b' ELSE 'a' END`))
    t.deepEqual(await sentBy(setStatus('true')), mutant.sent)
  })
}
