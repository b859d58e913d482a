import test from 'ava'
import { createQueryLoader, type LoaderQuery } from '../../src/load/query-loader.ts'

const ONE = { text: 'SELECT $1', one: true } as const

test('a query that can be asked for one only has no call for many, so that each counts as one', async (t) => {
  const asked: LoaderQuery[] = []
  const loader = createQueryLoader('shop item', ONE, ['id'], async (query) => {
    asked.push(query)
    return await Promise.resolve({ rows: [{ id: query.values[0] }] })
  })
  t.false('loadMany' in loader)
  t.deepEqual(await loader.load({ id: 7 }), { id: 7 })
  t.like(asked, [{ name: 'shop item', values: [7] }])
})

test('a query for many is asked once, and its rows come in the order of the params', async (t) => {
  const asked: LoaderQuery[] = []
  const many = 'SELECT * FROM unnest($1)'
  const loader = createQueryLoader('shop item', { ...ONE, many }, ['id'], async (query) => {
    asked.push(query)
    return await Promise.resolve({ rows: [{ stalemate_place: 2, id: 8 }] })
  })
  t.deepEqual(await loader.loadMany?.([{ id: 7 }, { id: 8 }]), [null, { id: 8 }])
  t.like(asked, [{ name: 'shop item many', values: [[7, 8]] }])
})
