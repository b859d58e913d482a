import type { FeedBench } from '../contract/feed-bench.ts'

/** Goes on until the feed is alive again, at or behind the entry of `told`; what it told, but for each `down`. */
export async function recover(bench: FeedBench, from: number): Promise<readonly string[]> {
  await bench.until('down', from)
  const alive = bench.until('alive', from)
  const state = { isAlive: false }
  void alive.then(() => (state.isAlive = true))
  while (!state.isAlive) {
    await bench.idle()
    bench.clock.advance(100)
  }
  return bench.told.slice(from).filter((entry) => entry !== 'down')
}

/** The same for a feed of the WAL: from its gap on it needs no clock. */
export async function recoverWithGap(bench: FeedBench, from: number): Promise<readonly string[]> {
  await bench.until('down', from)
  while (!bench.told.slice(from).some((entry) => entry.startsWith('gap'))) {
    await bench.idle()
    bench.clock.advance(100)
  }
  await bench.until('alive', from)
  return bench.told.slice(from).filter((entry) => entry !== 'down')
}
