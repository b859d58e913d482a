import test from 'ava'
import { functionResults } from '../../src/check/value-type.ts'
import { createDatabase } from '../helpers/database.ts'

type Overload = { name: string; first: string | null; count: number; result: string }

test('functions of queries give what the server says that they give, by whatever arguments', async (t) => {
  const database = await createDatabase(t)
  const { always, ofText, same } = functionResults()
  const names = [...always.keys(), ...ofText, ...same]
  const { rows } = await database.query(
    `SELECT proname AS name, proargtypes[0]::regtype AS first, pronargs AS count, t.typname AS result
    FROM pg_proc JOIN pg_type AS t ON t.oid = prorettype
    WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ($1)`,
    [names],
  )
  const overloads = rows as Overload[]
  const known = new Set(overloads.map(({ name }) => name))
  t.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
  )
  const wrong = overloads.filter(({ name, first, count, result }) => {
    const said = always.get(name)
    if (said !== undefined) return said !== result
    if (ofText.has(name)) return first === 'text' && result !== 'text'
    return count <= 2 && !isSameType(first ?? '', result)
  })
  t.deepEqual(wrong, [])
})

/** A function of many types gives the one that it is given. */
function isSameType(first: string, result: string): boolean {
  const plain: Readonly<Record<string, string>> = {
    smallint: 'int2',
    integer: 'int4',
    bigint: 'int8',
    real: 'float4',
    'double precision': 'float8',
    'timestamp with time zone': 'timestamptz',
    'timestamp without time zone': 'timestamp',
    'time with time zone': 'timetz',
    'time without time zone': 'time',
    character: 'bpchar',
  }
  return (plain[first] ?? first) === result
}
