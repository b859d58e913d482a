import test from 'ava'
import type { FeedName } from '../../src/manifest/manifest.ts'
import { FAULTS } from './faults.ts'
import { runSoak } from './soak.ts'
import { SHORT } from './timing.ts'

/** What happens to which feed, so that each kind of fault happens in every run; `npm run soak` lets all happen to all. */
const SHARES: Readonly<Record<FeedName, readonly string[]>> = {
  notify: ['backend terminated', 'network half-open', 'clocks jump', 'lock held', 'server restarted, fast'],
  outbox: [
    'network gone',
    'lock timeout',
    'runtime stopped',
    'outbox trimmed',
    'outbox rotated',
    'server restarted, immediate',
  ],
  wal: ['connection cut', 'network slow', 'synchronous standby missing', 'slot dropped', 'runtime killed'],
}

test('every kind of fault happens', (t) => {
  t.deepEqual(Object.values(SHARES).flat().sort(), FAULTS.map(({ name }) => name).sort())
})

for (const [feed, faults] of Object.entries(SHARES) as [FeedName, readonly string[]][]) {
  test.serial(
    `${feed}: no read is stale while faults happen, and nothing that is held when all is quiet`,
    async (t) => {
      const seed = Number(process.env['SOAK_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
      t.log(`seed ${seed}`)
      const result = await runSoak({
        feed,
        seed,
        faults,
        timing: SHORT,
        rate: 100,
        goesOn: ({ rounds }) => rounds < 1,
        tell: (text) => t.log(text),
      })
      t.deepEqual(result.evidence, [])
      t.is(result.staleReads, 0)
      t.deepEqual(result.faults.map(({ name }) => name).sort(), [...faults].sort())
      t.true(result.reads > 100 && result.transactions > 100 && result.compared > 100)
    },
  )
}
