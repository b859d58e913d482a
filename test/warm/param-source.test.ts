import test from 'ava'
import { openParams, type OpenSession } from '../../src/warm/param-source.ts'
import { createDatabase } from '../helpers/database.ts'

const DECLARED = [
  { name: 'id', type: 'int' },
  { name: 'day', type: 'date' },
] as const

test('a query gives its params by a cursor, in its order, as the cache holds them', async (t) => {
  const database = await createDatabase(t)
  const texts: string[] = []
  const open: OpenSession = async () => {
    const client = await database.connect()
    await client.query("SET datestyle = 'German'")
    return {
      query: async (text, values) => {
        texts.push(text)
        return await client.query(text, values === undefined ? undefined : [...values])
      },
      destroy: () => {},
    }
  }
  const signal = new AbortController().signal
  const read = async (sql: string, given = {}, most = 10_000) => {
    const rows: unknown[] = []
    const set = { params: { kind: 'query', sql }, limit: most, timeout: 5_000 } as const
    const source = openParams(set, DECLARED, given, {
      open,
      expect: async () => await Promise.resolve([]),
      signal,
    })
    for await (const some of source) rows.push(...some)
    return rows
  }
  const numbers = "SELECT n AS id, date '2026-03-01' AS day FROM generate_series(2500, 1, -1) AS n -- all"
  const all = await read(numbers)
  t.is(all.length, 2_500)
  t.deepEqual([all[0], all.at(-1)], [[2500, '2026-03-01'], [1, '2026-03-01']]) // prettier-ignore
  t.deepEqual(await read(numbers, { id: 7 }), [[7, '2026-03-01']])
  t.deepEqual(await read('SELECT NULL::int AS id, current_date AS day'), [undefined])
  texts.length = 0
  t.is((await read(numbers, {}, 10)).length, 10)
  t.deepEqual(texts.filter((text) => text.startsWith('FETCH')), ['FETCH 10 FROM stalemate_params'], 'no more rows are read than are wanted') // prettier-ignore
  t.is(texts.at(-1), 'COMMIT', 'no snapshot is held while they are loaded')
  t.deepEqual(await read(numbers, { id: 9_999, day: '2026-01-01' }), [[9_999, '2026-01-01']])
  await t.throwsAsync(read('SELECT pg_sleep(0), 1/0 AS id, current_date AS day'), { message: /division/ })
})
