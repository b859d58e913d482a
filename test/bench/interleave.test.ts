import test from 'ava'
import { runInterleaved } from '../../bench/harness/interleave.ts'

test('variants take turns, and warm-ups are measured but not kept', async (t) => {
  const measured: string[] = []
  const told: string[] = []
  const samples = await runInterleaved({
    variants: ['a', 'b', 'c'],
    warmups: 1,
    rounds: 2,
    measure: async (variant) => await Promise.resolve(measured.push(variant)),
    progress: (variant, round) => told.push(`${variant}${round}`),
  })
  t.is(measured.join(''), 'abcabcabc')
  t.is(told.join(' '), 'a0 b0 c0 a1 b1 c1 a2 b2 c2')
  t.deepEqual(
    [...samples],
    [
      ['a', [4, 7]],
      ['b', [5, 8]],
      ['c', [6, 9]],
    ],
  )
})

test('an abort ends the run before the next measurement', async (t) => {
  const controller = new AbortController()
  const reason = new Error('enough')
  let measured = 0
  const run = runInterleaved({
    variants: ['a', 'b'],
    warmups: 0,
    rounds: 5,
    measure: async () => {
      measured += 1
      if (measured === 3) controller.abort(reason)
      return await Promise.resolve(measured)
    },
    signal: controller.signal,
  })
  t.is(await t.throwsAsync(run), reason)
  t.is(measured, 3)
})
