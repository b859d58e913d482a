import test from 'ava'
import fc from 'fast-check'
import { median, quantile, shuffledIndexes, summarize } from '../../bench/harness/statistics.ts'

const isMedian = test.macro((t, values: readonly number[], expected: number) => {
  t.is(median(values), expected)
})

test('the median of one value is that value', isMedian, [7], 7)
test('the median of an odd number of values is the middle one', isMedian, [3, 1, 2], 2)
test('values are compared as numbers, not as text', isMedian, [10, 9, 100], 10)
test('the median of an even number of values lies between the two in the middle', isMedian, [4, 1, 2, 3], 2.5)

test('nothing has no median', (t) => {
  t.throws(() => median([]), { instanceOf: RangeError })
})

test('as many values lie above the median as below it', (t) => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(values, (values) => {
      const middle = median(values)
      const below = values.filter((value) => value < middle).length
      const above = values.filter((value) => value > middle).length
      return below <= values.length / 2 && above <= values.length / 2
    }),
  )
  t.pass()
})

test('a summary is the median and the range, and leaves the values as they were', (t) => {
  const values = [5, 1, 9]
  t.deepEqual(summarize(values), { median: 5, min: 1, max: 9 })
  t.deepEqual(values, [5, 1, 9])
})

test('shuffled indexes are all indexes, in the same mixed order each time', (t) => {
  const indexes = shuffledIndexes(1000)
  const inOrder = Array.from({ length: 1000 }, (_, index) => index)
  t.deepEqual(
    [...indexes].sort((a, b) => a - b),
    inOrder,
  )
  t.deepEqual(indexes, shuffledIndexes(1000))
  const stayed = inOrder.filter((index) => indexes[index] === index)
  t.true(stayed.length < 10, `${stayed.length} stayed where they were`)
})

test('a quantile is one of the values, that share of all at or below it', (t) => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  t.is(quantile(values, 0.5), 50)
  t.is(quantile(values, 0.99), 99)
  t.is(quantile(values, 1), 100)
  t.is(quantile([7], 0.5), 7)
  t.throws(() => quantile([], 0.5), { instanceOf: RangeError })
})
