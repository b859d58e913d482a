import test from 'ava'
import fc from 'fast-check'
import { evaluateCondition } from '../../src/sql/evaluate.ts'
import { createConditionParser } from '../../src/sql/parse-condition.ts'

const row = {
  n: 5,
  big: '9007199254740993',
  numeric: '1.50',
  status: 'completed',
  day: '2024-01-02',
  yes: true,
  no: false,
  nothing: null,
  when: new Date(0),
}

const holds = test.macro({
  title: (_, sql: string, expected: boolean | 'unknown') => `${sql} is ${expected}`,
  exec: async (t, sql: string, expected: boolean | 'unknown') => {
    const parse = await createConditionParser()
    const { condition, problems } = parse(sql, { schema: 'public', name: 't' })
    t.not(condition, undefined, problems[0]?.message)
    if (condition !== undefined) t.is(evaluateCondition(condition.tree, row), expected)
  },
})

test(holds, "status = 'completed'", true)
test(holds, "status = 'completed'::text", true)
test(holds, "status <> 'completed'", false)
test(holds, "status = 'open'", false)
test(holds, "status = 'Completed'", 'unknown')
test(holds, "status = 'completed '", 'unknown')
test(holds, "status < 'open'", 'unknown')
test(holds, "status <= 'completed'", true)
test(holds, "day = '2024-1-2'", 'unknown')
test(holds, "day = 'open'", false)
test(holds, 'n = 5', true)
test(holds, 'n = -5', false)
test(holds, 'n != 5', false)
test(holds, 'n > 4 AND n >= 5 AND n < 6 AND n <= 5', true)
test(holds, '4 > n', false)
test(holds, 'n BETWEEN 1 AND 5', true)
test(holds, 'n NOT BETWEEN 1 AND 5', false)
test(holds, 'numeric = 1.5', 'unknown')
test(holds, 'numeric > 1', true)
test(holds, 'big = 9007199254740993', 'unknown')
test(holds, 'n IN (1, 5)', true)
test(holds, 'n IN (1, 2)', false)
test(holds, 'n NOT IN (1, 2)', true)
test(holds, 'n NOT IN (1, NULL)', false)
test(holds, 'n IN (1, NULL)', false)
test(holds, 'NOT (n IN (1, NULL))', false)
test(holds, "status = ANY (ARRAY['open', 'completed'])", true)
test(holds, "status <> ALL (ARRAY['open', 'completed'])", false)
test(holds, 'yes', true)
test(holds, 'NOT no', true)
test(holds, 'no IS FALSE', true)
test(holds, 'nothing', false)
test(holds, 'NOT nothing', false)
test(holds, 'nothing IS NULL', true)
test(holds, 'nothing IS NOT NULL', false)
test(holds, 'nothing IS NOT TRUE', true)
test(holds, 'nothing IS UNKNOWN', true)
test(holds, 'nothing = 1', false)
test(holds, 'NOT nothing = 1', false)
test(holds, 'nothing = NULL', false)
test(holds, 'nothing IS DISTINCT FROM 1', true)
test(holds, 'n IS NOT DISTINCT FROM 5', true)
test(holds, 'nothing IS NOT DISTINCT FROM NULL', true)
test(holds, 'nothing = 1 OR yes', true)
test(holds, 'nothing = 1 AND no', false)
test(holds, 'lower(status) = status', 'unknown')
test(holds, "lower(status) = 'x' AND no", false)
test(holds, "lower(status) = 'x' OR yes", true)
test(holds, "NOT (lower(status) = 'x' AND nothing = 1)", 'unknown')
test(holds, 'missing = 1', 'unknown')
test(holds, 'constructor = 1', 'unknown')
test(holds, "yes = 'yes'", 'unknown')
test(holds, '"when" > n', 'unknown')
test(holds, 'true', true)
test(holds, 'NULL', false)
test(holds, 'n = 5 AND (yes OR no) AND NOT (no OR n = 0)', true)

test('a condition is certain only when it is so for every value that an unknown part can have', async (t) => {
  const parse = await createConditionParser()
  const leaf = fc.constantFrom('a', 'b', 'c', 'true', 'false', 'NULL::boolean', 'a IS NULL', 'b IS NOT TRUE')
  const { sql } = fc.letrec<{ sql: string }>((tie) => ({
    sql: fc.oneof(
      { depthSize: 'small' },
      leaf,
      tie('sql').map((part) => `(NOT ${part})`),
      fc.tuple(tie('sql'), fc.constantFrom('AND', 'OR'), tie('sql')).map((parts) => `(${parts.join(' ')})`),
    ),
  }))
  const values = fc.record({
    a: fc.constantFrom(true, false, null),
    b: fc.constantFrom(true, false, null),
    c: fc.constantFrom(true, false, null),
  })
  fc.assert(
    fc.property(sql, values, (text, whole) => {
      const tree = parse(text, { schema: 'public', name: 't' }).condition?.tree
      if (tree === undefined) throw new Error(`Not parsed: ${text}`)
      const { c: _, ...part } = whole
      const seen = evaluateCondition(tree, part)
      return (
        seen === 'unknown' ||
        evaluateCondition(tree, whole) === seen ||
        evaluateCondition(tree, whole) === 'unknown'
      )
    }),
    { numRuns: 500 },
  )
  t.pass()
})
