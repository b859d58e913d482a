import test from 'ava'
import { FEEDS } from '../../src/manifest/manifest.ts'
import { FEED_CASES, PROMISES } from '../contract/feed.ts'
import { createFeedBench } from '../contract/feed-bench.ts'

for (const feed of FEEDS) {
  const promises = PROMISES[feed]
  for (const { title, run, onlyFor } of FEED_CASES) {
    if (onlyFor?.(promises) === false) continue
    test(`${feed}: ${title}`, async (t) => {
      await run(await createFeedBench(t, { feed }), promises)
      t.pass()
    })
  }
}
