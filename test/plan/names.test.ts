import test from 'ava'
import fc from 'fast-check'
import { hashName, shortenName } from '../../src/plan/names.ts'
import { makePlan, cacheRule, tableRule } from '../helpers/plans.ts'

test('a name of up to 63 bytes stays as it is', (t) => {
  t.is(shortenName('x'.repeat(63)), 'x'.repeat(63))
  t.is(shortenName('calls'), 'calls')
})

test('a longer name keeps its beginning and ends in a hash of all of it', (t) => {
  t.is(shortenName('x'.repeat(64)), `${'x'.repeat(54)}_${hashName('', 'x'.repeat(64)).slice(1)}`)
  t.not(shortenName(`${'x'.repeat(70)}a`), shortenName(`${'x'.repeat(70)}b`))
})

test('shortened names fit, are whole characters, and differ where the names do', (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      (a, b) => {
        t.true(Buffer.byteLength(shortenName(a)) <= 63)
        t.is(Buffer.from(shortenName(a)).toString(), shortenName(a))
        t.is(shortenName(a) === shortenName(b), a === b)
      },
    ),
  )
})

test('functions of tables whose names run together have names of their own', (t) => {
  const rule = { cache: 'board', params: {}, on: ['insert'] } as const
  const plan = makePlan(
    [cacheRule('board', 'board:{x}', {})],
    [
      tableRule({ table: 'sales_calls', ...rule }),
      tableRule({ table: 'calls', schema: 'sales', ...rule }),
      tableRule({ table: `${'x'.repeat(62)}1`, ...rule }),
      tableRule({ table: `${'x'.repeat(62)}2`, ...rule }),
    ],
  )
  const names = plan.tables.flatMap((table) => table.triggers.map((trigger) => trigger.function))
  t.is(new Set(names).size, 4)
  t.true(names.every((name) => Buffer.byteLength(name) <= 63))
})
