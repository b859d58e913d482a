import test from 'ava'
import { FEED_CASES, PROMISES } from '../contract/feed.ts'
import { createFeedBench } from '../contract/feed-bench.ts'

const LOSS =
  'what was committed while the connection was lost is handed over or covered by a gap, before it is alive again'

for (const feed of ['notify', 'wal'] as const) {
  test(`${feed}: a feed that goes on after a loss as if nothing had happened is caught`, async (t) => {
    const found = FEED_CASES.find(({ title }) => title === LOSS)
    if (found === undefined) throw new Error('no such case')
    const bench = await createFeedBench(t, {
      feed,
      wrap: (sink) => ({
        ...sink,
        gap: (cause) => {
          if (cause === 'start') sink.gap(cause)
        },
      }),
    })
    await t.throwsAsync(found.run(bench, PROMISES[feed]), { name: 'AssertionError' })
  })
}
