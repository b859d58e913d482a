import test from 'ava'
import fc from 'fast-check'
import { hasEnded, parseSnapshot } from '../../src/feed/snapshot.ts'

test('a transaction has ended when no snapshot would list it, also across the wrap of its 32 bits', (t) => {
  const near = 40n
  const snapshots = fc.tuple(
    fc.oneof(
      fc.bigInt({ min: 100n, max: 2n ** 50n }),
      fc.bigInt({ min: -near, max: near }).map((by) => 2n ** 32n * 7n + by),
    ),
    fc.uniqueArray(fc.bigInt({ min: 1n, max: near }), { maxLength: 8 }),
    fc.bigInt({ min: -near, max: 2n * near }),
  )
  fc.assert(
    fc.property(snapshots, ([xmax, runningBelow, below]) => {
      const running = runningBelow.map((by) => xmax - by).toSorted((one, other) => Number(one - other))
      const xmin = running[0] ?? xmax
      const id = xmax - below
      const snapshot = parseSnapshot(`${xmin}:${xmax}:${running.join(',')}`)
      t.is(hasEnded(Number(BigInt.asUintN(32, id)), snapshot), id < xmax && !running.includes(id))
    }),
  )
})

test('what ended long ago has ended, as far as 32 bits reach', (t) => {
  const snapshot = parseSnapshot('5000000000:5000000010:5000000000')
  const xid = (id: number): number => Number(BigInt.asUintN(32, BigInt(id)))
  t.true(hasEnded(xid(5_000_000_010 - 2 ** 31 + 1), snapshot))
  t.false(hasEnded(xid(5_000_000_010 + 2 ** 31 - 1), snapshot))
})
