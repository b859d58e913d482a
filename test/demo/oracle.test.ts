import test from 'ava'
import fc from 'fast-check'
import { Oracle, type Read } from '../../src/demo/oracle.ts'

/** An oracle for key `k`: state 0 at first, state n after commit n, which begins at 1000 n and returns 10 later. */
function createOracle(commits: number): Oracle {
  const oracle = new Oracle(new Map([['k', '0']]))
  for (let n = 1; n <= commits; n++) {
    oracle.observe({ begunAt: n * 1000, returnedAt: n * 1000 + 10 }, new Map([['k', String(n)]]))
  }
  return oracle
}

const read = (value: string, from: number, to = from + 1): Read => ({ key: 'k', value, from, to })

const accepted = test.macro((t, given: Read) => t.is(createOracle(3).judge(given), undefined))
test('the state before any commit is accepted', accepted, read('0', 5))
test('the newest state is accepted', accepted, read('3', 9000))
test('the state before a commit is accepted until 500 ms after its return', accepted, read('1', 2510))
test('the state of a commit that has begun is accepted before it returned', accepted, read('2', 2001))
test('the state of a commit that begins during the read is accepted', accepted, read('2', 1900, 2000))
test('the state before a commit that begins during the read is accepted', accepted, read('1', 1900, 2600))

test('a value is stale more than 500 ms after the return of the commit that made it wrong', (t) => {
  t.deepEqual(createOracle(3).judge(read('1', 2511)), {
    key: 'k',
    served: '1',
    expected: '2',
    commit: 2,
    age: 501,
  })
})

test('a long read is judged by when it began', (t) => {
  t.is(createOracle(3).judge(read('1', 2400, 9000)), undefined)
  t.is(createOracle(3).judge(read('1', 2600, 9000))?.commit, 2)
})

test('a value that only an older commit had is stale, with the age since it was replaced', (t) => {
  t.deepEqual(createOracle(3).judge(read('0', 5000)), {
    key: 'k',
    served: '0',
    expected: '3',
    commit: 1,
    age: 3990,
  })
})

test('a state from the future and a value that never was a state are refused', (t) => {
  const oracle = createOracle(3)
  t.is(oracle.judge(read('3', 2600))?.expected, '2')
  t.deepEqual(oracle.judge(read('9', 2600)), {
    key: 'k',
    served: '9',
    expected: '2',
    commit: undefined,
    age: undefined,
  })
})

test('a value that came back is right again', (t) => {
  const oracle = createOracle(1)
  oracle.observe({ begunAt: 2000, returnedAt: 2010 }, new Map([['k', '0']]))
  t.is(oracle.judge(read('0', 9000)), undefined)
  t.is(oracle.judge(read('1', 9000))?.commit, 2)
})

test('a commit that does not change a key leaves it as it was', (t) => {
  const oracle = createOracle(1)
  oracle.observe({ begunAt: 2000, returnedAt: 2010 }, new Map([['k', '1']]))
  t.is(oracle.judge(read('1', 9000)), undefined)
})

test('what is held in quiet must be the state, without tolerance', (t) => {
  const oracle = createOracle(1)
  t.is(oracle.judgeHeld(read('1', 1011), '1'), undefined)
  t.deepEqual(oracle.judgeHeld(read('0', 1011), '1'), {
    key: 'k',
    served: '0',
    expected: '1',
    commit: 1,
    age: 1,
  })
})

test('a key that was not there at first, or is not told of later, is an error and not a verdict', (t) => {
  const oracle = createOracle(1)
  t.throws(() => oracle.judge({ ...read('1', 1), key: 'other' }), { instanceOf: TypeError })
  t.throws(() => oracle.observe({ begunAt: 1, returnedAt: 2 }, new Map()), { instanceOf: TypeError })
})

test('the verdict is that of the definition, whatever the history', (t) => {
  const history = fc.array(
    fc.record({ wait: fc.nat(900), takes: fc.nat(50), value: fc.integer({ min: 0, max: 3 }) }),
    { maxLength: 8 },
  )
  const asked = fc.record({ from: fc.nat(5000), takes: fc.nat(900), value: fc.integer({ min: 0, max: 3 }) })
  fc.assert(
    fc.property(history, asked, (commits, { from, takes, value }) => {
      const oracle = new Oracle(new Map([['k', '0']]))
      const states = [{ value: '0', begunAt: -Infinity, returnedAt: -Infinity }]
      let time = 0
      for (const commit of commits) {
        const begunAt = time + commit.wait
        time = begunAt + commit.takes
        const state = { value: String(commit.value), begunAt, returnedAt: time }
        oracle.observe(state, new Map([['k', state.value]]))
        states.push(state)
      }
      const to = from + takes
      const oldest = states.findLastIndex(({ returnedAt }) => returnedAt < from - 500)
      const newest = states.findLastIndex(({ begunAt }) => begunAt <= to)
      const right = states.slice(oldest, newest + 1).some((state) => state.value === String(value))
      t.is(oracle.judge(read(String(value), from, to)) === undefined, right)
    }),
  )
})
