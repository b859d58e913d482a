import test from 'ava'
import { countNines, Window, wrongShareAtMost } from '../../src/sample/window.ts'

test('a window forgets what is older than it, part by part', (t) => {
  const window = new Window(60_000)
  window.add('right', 500)
  window.add('wrong', 30_000)
  t.deepEqual(window.counts(59_000), { right: 1, wrong: 1, moved: 0, failed: 0 })
  t.deepEqual(window.counts(60_000), { right: 0, wrong: 1, moved: 0, failed: 0 })
  t.deepEqual(window.counts(90_000), { right: 0, wrong: 0, moved: 0, failed: 0 })
})

test('no more is claimed than was sampled', (t) => {
  t.is(wrongShareAtMost({ right: 0, wrong: 0 }), 1)
  t.is(countNines(1), -0)
  const few = wrongShareAtMost({ right: 300, wrong: 0 })
  t.true(few > 0.008 && few < 0.01, String(few))
  const many = wrongShareAtMost({ right: 3_000_000, wrong: 0 })
  t.true(countNines(many) > 6)
  t.true(wrongShareAtMost({ right: 90, wrong: 10 }) > 0.1)
  t.true(wrongShareAtMost({ right: 0, wrong: 5 }) <= 1)
})
