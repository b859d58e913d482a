import test from 'ava'
import { createFeedBench } from '../contract/feed-bench.ts'
import { createServer } from '../helpers/server.ts'
import { recoverWithGap } from './recover.ts'

for (const mode of ['fast', 'immediate'] as const) {
  test(`a restart of the server (${mode}) is a gap of its own`, async (t) => {
    const server = await createServer(t)
    const bench = await createFeedBench(t, { feed: 'notify', server: server.connectionString })
    await bench.start()
    const { length } = bench.told
    await server.restart(mode)
    t.deepEqual(await recoverWithGap(bench, length), ['gap server-restart', 'alive'])
    await bench.database.query(`INSERT INTO calls VALUES ('after')`)
    await bench.feed.barrier()
    t.is(bench.told.at(-1), 'change after')
  })
}
