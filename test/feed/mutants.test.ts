import test from 'ava'
import type { ListenSession } from '../../src/feed/listen-session.ts'
import { type Batch, outboxQueries, type OutboxQueries } from '../../src/feed/outbox-queries.ts'
import { FEED_CASES, PROMISES } from '../contract/feed.ts'
import { createFeedBench } from '../contract/feed-bench.ts'

const own = outboxQueries('stalemate_app')

async function readSnapshot(session: ListenSession): Promise<string> {
  const { rows } = await session.query('SELECT pg_current_snapshot()::text AS snapshot')
  return String(rows[0]?.['snapshot'])
}

/** Readers that look right, and what they must be caught by. */
const MUTANTS: readonly {
  readonly name: string
  readonly poll: OutboxQueries['poll']
  readonly caughtBy: string
}[] = [
  {
    name: 'a reader that asks for ids above the last one',
    caughtBy:
      'changes come in the order in which they became visible, whatever the order of their transaction ids',
    poll: async (session, { snapshot }): Promise<Batch> => {
      const next = snapshot.split(':')[1]
      const { rows } = await session.query(
        `SELECT xid::text, message FROM
           (TABLE stalemate.outbox_0 UNION ALL TABLE stalemate.outbox_1 UNION ALL TABLE stalemate.outbox_2) AS outbox
         WHERE xid >= $1::text::xid8 ORDER BY outbox.xid`,
        [next],
      )
      const newest = rows.at(-1)?.['xid']
      const after = newest === undefined ? next : String(BigInt(newest as string) + 1n)
      const messages = rows.map((row) => String(row['message']))
      return { snapshot: `${after}:${after}:`, isKnown: true, messages, last: undefined }
    },
  },
  {
    name: 'a reader that takes its snapshot in a statement of its own',
    caughtBy: 'commits between any two statements of the feed are not lost',
    poll: async (session, position, after): Promise<Batch> => {
      const batch = await own.poll(session, position, after)
      return { ...batch, snapshot: await readSnapshot(session) }
    },
  },
  {
    name: 'a reader that forgets the transactions that were running',
    caughtBy:
      'changes come in the order in which they became visible, whatever the order of their transaction ids',
    poll: async (session, position, after): Promise<Batch> => {
      const batch = await own.poll(session, position, after)
      const [, xmax = ''] = batch.snapshot.split(':')
      return { ...batch, snapshot: `${xmax}:${xmax}:` }
    },
  },
]

for (const { name, poll, caughtBy } of MUTANTS) {
  test(`${name} works as long as nothing meets, and is caught`, async (t) => {
    const found = FEED_CASES.find(({ title }) => title === caughtBy)
    if (found === undefined) throw new Error(`no case ${caughtBy}`)
    const parts = { queries: { ...own, poll } }
    const simple = FEED_CASES.find(({ title }) =>
      title.startsWith('a change that was committed before a barrier'),
    )
    await simple?.run(await createFeedBench(t, { feed: 'outbox', parts }), PROMISES.outbox)
    const bench = await createFeedBench(t, { feed: 'outbox', parts })
    await t.throwsAsync(found.run(bench, PROMISES.outbox), { name: 'AssertionError' })
  })
}
