import test from 'ava'
import { createSelectParser } from '../../src/sql/parse-select.ts'

const refused = test.macro({
  title: (_, text: string) =>
    `the query ${JSON.stringify(text.slice(0, 60))} of ${text.length} characters is refused where it goes wrong`,
  exec: async (t, text: string, kind: string, at: number) => {
    const parse = await createSelectParser()
    const { select, problems } = parse(text)
    t.is(select, undefined)
    const [problem] = problems
    t.deepEqual([problem?.kind, problem?.at], [kind, at], problem?.message)
  },
})

test(refused, '', 'syntax', 0)
test(refused, 'SELECT 1 AS a\0; DROP TABLE x', 'syntax', 13)
test(refused, 'SELECT 1 AS a; SELECT 2', 'not-one', 13)
test(refused, 'SELECT 1 AS a;', 'not-one', 13)
test(refused, '  TRUNCATE x', 'not-one', 2)
test(refused, 'SET x = 1', 'not-one', 0)
test(refused, 'CALL f()', 'not-one', 0)
test(refused, 'COPY (SELECT 1) TO PROGRAM $$rm$$', 'not-one', 0)
test(refused, 'INSERT INTO x VALUES (1) RETURNING a', 'not-one', 0)
test(refused, 'WITH x AS (UPDATE y SET a = 1 RETURNING a) SELECT a FROM x', 'not-allowed', 0)
test(refused, 'SELECT a FROM (SELECT a FROM x FOR SHARE) y', 'not-allowed', 0)
test(refused, "SELECT 'é' AS é, a FROM x WHERE b = $1", 'not-allowed', 36)
test(refused, 'SELECT a INTO TEMP y FROM x', 'not-allowed', 0)
test(refused, 'SELECT a, x.* FROM x', 'no-name', 10)
test(refused, 'TABLE x', 'no-name', 0)
test(refused, 'VALUES (1)', 'no-name', 0)
test(refused, 'SELECT 1', 'no-name', 7)
test(refused, `SELECT ${'('.repeat(8000)}a${')'.repeat(8000)} FROM x`, 'not-allowed', 0)
test(refused, `SELECT 1 AS a${' UNION SELECT 1'.repeat(1000)}`, 'not-allowed', 0)

test('a query says which columns it gives, by the names that PostgreSQL gives them', async (t) => {
  const parse = await createSelectParser()
  const { select } = parse(
    'SELECT u.id, Name::text, max(x), "A b" AS "C d" /* x */ FROM u UNION SELECT 1, 2, 3, 4 --',
  )
  t.deepEqual(
    select?.columns.map(({ name, at }) => [name, at]),
    [
      ['id', 7],
      ['name', 13],
      ['max', 25],
      ['C d', 33],
    ],
  )
  t.is(select?.sql, 'SELECT u.id, Name::text, max(x), "A b" AS "C d" FROM u UNION SELECT 1, 2, 3, 4')
})
