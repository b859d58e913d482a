import test from 'ava'
import { NOT_BEFORE_VISIBLE, NOTHING_BEFORE_THE_SLOT } from './wal-visibility.ts'

for (const { title, run } of [NOT_BEFORE_VISIBLE, NOTHING_BEFORE_THE_SLOT]) {
  test(title, async (t) => {
    await run(t, {})
    t.pass()
  })
}

const EVERYTHING = '1000000:1000000:'

test('a feed that does not wait until a change can be seen is caught', async (t) => {
  await t.throwsAsync(
    NOT_BEFORE_VISIBLE.run(t, {
      hooks: { rows: (rows) => rows.map((row) => ('snapshot' in row ? { snapshot: EVERYTHING } : row)) },
    }),
    { name: 'AssertionError' },
  )
})

test('a feed that starts where its slot starts is caught', async (t) => {
  let isStarted = false
  await t.throwsAsync(
    NOTHING_BEFORE_THE_SLOT.run(t, {
      wrap: (sink) => ({
        ...sink,
        gap: (cause) => {
          isStarted = true
          sink.gap(cause)
        },
      }),
      hooks: {
        rows: (rows) =>
          isStarted ? rows : rows.map((row) => ('snapshot' in row ? { snapshot: EVERYTHING } : row)),
      },
    }),
    { name: 'AssertionError' },
  )
})
