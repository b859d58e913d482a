import test from 'ava'
import { Cache } from '../../src/cache/cache.ts'

/** A cache in which all entries belong to one group. */
async function fill(entries: number): Promise<Cache<number>> {
  const cache = new Cache<number>({
    name: 'report',
    params: [
      { name: 'user_id', type: 'int' },
      { name: 'day', type: 'int' },
    ],
    ttl: 1_000_000,
    jitter: 0,
    max: entries,
    partial: [['user_id']],
    load: async () => await Promise.resolve(1),
    now: () => 0,
    random: () => 0,
  })
  cache.trustedUntil = 1_000_000
  for (let day = 0; day < entries; day += 1) await cache.get({ user_id: 1, day })
  return cache
}

/** The shortest of a few, in milliseconds: what others do on the machine only makes it longer. */
async function timeGroup(entries: number): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < 5; turn += 1) {
    const cache = await fill(entries)
    const since = performance.now()
    const count = cache.invalidateGroup(0, [1])
    times.push(performance.now() - since)
    if (count !== entries) throw new Error(`${count} were made wrong`)
    if (cache.peek({ user_id: 1, day: 0 }) !== undefined) throw new Error('one is still held')
  }
  return Math.min(...times)
}

test('an invalidation by a part of the params costs as much with 100,000 entries as with a hundred', async (t) => {
  await timeGroup(100)
  const [few, many] = [await timeGroup(100), await timeGroup(100_000)]
  // Going through them would take a thousand times as long.
  t.true(many < Math.max(few * 30, 0.1), `${few} ms, ${many} ms`)
})
