import test from 'ava'
import { createJoinParser } from '../../src/sql/parse-join.ts'

const refused = test.macro({
  title: (_, text: string) =>
    `the join ${JSON.stringify(text.slice(0, 50))} of ${text.length} characters is refused where it goes wrong`,
  exec: async (t, text: string, kind: string, at: number) => {
    const parse = await createJoinParser()
    const { join, problems } = parse(text)
    t.is(join, undefined)
    const [problem] = problems
    t.deepEqual([problem?.kind, problem?.at], [kind, at], problem?.message)
  },
})

test(refused, '', 'syntax', 0)
test(refused, 'agents', 'syntax', 5)
test(refused, 'agents ON', 'syntax', 8)
test(refused, 'agents ON a.x = t.y\0; DROP TABLE agents', 'syntax', 19)
test(refused, 'agents ON a.x = t.y; DROP TABLE agents', 'not-one', 19)
test(refused, 'agents ON (a.x = t.y)) JOIN (b', 'not-one', 21)
test(refused, 'agents ON a.x = t.y WHERE true', 'not-allowed', 0)
test(refused, 'agents ON a.x = t.y UNION SELECT', 'not-allowed', 0)
test(refused, 'agents ON a.x = t.y, users', 'not-allowed', 0)
test(refused, 'agents ON a.x = t.y LEFT JOIN users ON true', 'not-allowed', 0)
test(refused, 'agents USING (id)', 'not-allowed', 0)
test(refused, 'LATERAL (SELECT 1) x ON true', 'not-allowed', 0)
test(refused, 'f(1) ON true', 'not-allowed', 0)
test(refused, 'agents ON é.x = $1', 'not-allowed', 16)
test(refused, "agents ON '😀' = t.x", 'not-allowed', 10)
test(refused, 'agents ON a.x <> t.y', 'not-allowed', 14)
test(refused, 'agents ON NOT a.x = t.y', 'not-allowed', 10)
test(refused, 'agents ON a.* = t.y', 'not-allowed', 10)
test(refused, `agents ON ${'('.repeat(8000)}a.x = t.y${')'.repeat(8000)}`, 'not-allowed', 0)

test('a join gives its table, its alias, and the columns in pairs', async (t) => {
  const parse = await createJoinParser()
  const { join } = parse('sales."Teams" AS t -- why\n ON t.id = a.b AND (c.d = T.e AND "X"."Y".z = q) ')
  t.like(join, { schema: 'sales', table: 'Teams', alias: 't', at: 0 })
  const show = ({ qualifier, name }: { qualifier: readonly string[]; name: string }): string =>
    [...qualifier, name].join('.')
  t.deepEqual(
    join?.on.map((pair) => pair.map(show)),
    [
      ['t.id', 'a.b'],
      ['c.d', 't.e'],
      ['X.Y.z', 'q'],
    ],
  )
})
