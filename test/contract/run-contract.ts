import type { TestFn } from 'ava'
import { FEED_CASES, type Promises } from './feed.ts'
import { createFeedBench, type FeedBenchOptions } from './feed-bench.ts'

/** Registers a test for each thing that a feed must do: a further feed is proven by one call. */
export function runContract(test: TestFn, promises: Promises, options: Partial<FeedBenchOptions> = {}): void {
  const { feed } = promises
  const title = options.version === undefined ? feed : `${feed}, PostgreSQL ${options.version}`
  for (const one of FEED_CASES) {
    if (one.onlyFor?.(promises) === false) continue
    test(`${title}: ${one.title}`, async (t) => {
      await one.run(await createFeedBench(t, { ...options, feed }), promises)
      t.pass()
    })
  }
}
