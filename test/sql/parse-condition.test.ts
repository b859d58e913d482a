import test from 'ava'
import { createConditionParser } from '../../src/sql/parse-condition.ts'

const calls = { schema: 'public', name: 'calls' }

const refused = test.macro({
  title: (_, text: string) =>
    `the condition ${JSON.stringify(text.slice(0, 40))} of ${text.length} characters is refused where it goes wrong`,
  exec: async (t, text: string, kind: string, at: number) => {
    const parse = await createConditionParser()
    const { condition, problems } = parse(text, calls)
    t.is(condition, undefined)
    const [problem] = problems
    t.deepEqual([problem?.kind, problem?.at], [kind, at], problem?.message)
  },
})

test(refused, '', 'syntax', 0)
test(refused, 'a = 1\0; DROP TABLE calls', 'syntax', 5)
test(refused, '1) , (2', 'not-one', 1)
test(refused, 'true); DROP TABLE calls; --', 'not-one', 4)
test(refused, 'true; SELECT 1', 'not-one', 4)
test(refused, 'true) FROM calls WHERE (true', 'not-one', 4)
test(refused, 'true /* ) */) UNION SELECT (true', 'not-one', 12)
test(refused, "a = ')' ) , (b", 'not-one', 8)
test(refused, 'a, b', 'not-one', 0)
test(refused, 'a = 1 /* open', 'syntax', 6)
test(refused, "a = 'open", 'syntax', 4)
test(refused, 'a = ', 'syntax', 2)
test(refused, 'a AS b', 'syntax', 2)
test(refused, "é = 'ü' AND 😀 = = 1", 'syntax', 17)
test(refused, "é = 'ü' AND '😀' = users.id", 'qualifier', 19)
test(refused, 'EXISTS (SELECT 1)', 'not-allowed', 0)
test(refused, 'a IN (SELECT id FROM users)', 'not-allowed', 2)
test(refused, 'a = ARRAY(SELECT 1)', 'not-allowed', 4)
test(refused, 'a = $1', 'not-allowed', 4)
test(refused, 'count(*) = 1', 'not-allowed', 0)
test(refused, 'pg_catalog.max(a) = 1', 'not-allowed', 0)
test(refused, 'f(DISTINCT a)', 'not-allowed', 0)
test(refused, 'f(a) FILTER (WHERE b)', 'not-allowed', 0)
test(refused, 'rank() OVER (ORDER BY a) = 1', 'not-allowed', 0)
test(refused, 'generate_series(1, 2) = a', 'not-allowed', 0)
test(refused, 'calls.* IS NULL', 'not-allowed', 0)
test(refused, 'sales.calls.id = 1', 'qualifier', 0)
test(refused, 'old.id = 1', 'qualifier', 0)
test(refused, 'duration + 1', 'not-boolean', 0)
test(refused, '1', 'not-boolean', 0)
test(refused, `${'f('.repeat(4000)}1${')'.repeat(4000)}`, 'not-allowed', 0)
test(refused, `a = 1${' + 1'.repeat(3000)}`, 'not-allowed', 0)
test(refused, `${'NOT '.repeat(3000)}a`, 'not-allowed', 0)

test(refused, `${'('.repeat(8000)}a${')'.repeat(8000)}`, 'not-allowed', 0)
test(refused, `a = b${'['.repeat(300)}1${']'.repeat(300)}`, 'not-allowed', 0)

test('a condition that was refused leaves the parser as it was', async (t) => {
  const parse = await createConditionParser()
  parse(`${'NOT '.repeat(3000)}a`, calls)
  t.is(parse('a = 1', calls).condition?.sql, 'a = 1')
})

test('a condition says which columns it reads, by their names in the database', async (t) => {
  const parse = await createConditionParser()
  const { condition } = parse(
    'Status = \'x\' AND "createdAt" > now() AND public.calls.id = 1 AND calls.lead_id = id',
    calls,
  )
  t.deepEqual(condition?.columns, ['createdAt', 'id', 'lead_id', 'status'])
})

test('no comment is left that could swallow what follows the condition', async (t) => {
  const parse = await createConditionParser()
  t.is(parse("  a = '--' -- why\n  AND b/* c */= 1 -- end", calls).condition?.sql, "a = '--'\n  AND b = 1")
})

test('double quotes where a text is meant are pointed out', async (t) => {
  const parse = await createConditionParser()
  const { condition, problems } = parse('status = "completed"', calls)
  t.is(condition?.sql, 'status = "completed"')
  t.deepEqual(
    problems.map(({ kind, severity, at, length }) => ({ kind, severity, at, length })),
    [{ kind: 'quotes', severity: 'warning', at: 9, length: 11 }],
  )
})

test('where a column is named by its schema, the table is left, which is how the trigger names the row', async (t) => {
  const parse = await createConditionParser()
  const table = { schema: 'my "é"', name: 'calls' }
  const { condition } = parse('"my ""é""".calls.a = 1 AND calls.b AND "my ""é""" . /* x */ calls . c', table)
  t.is(condition?.sql, 'calls.a = 1 AND calls.b AND  calls . c')
})
