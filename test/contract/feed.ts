import assert from 'node:assert/strict'
import { StalemateError } from '../../src/errors.ts'
import type { FeedName } from '../../src/manifest/manifest.ts'
import { recover, recoverWithGap } from '../fault/recover.ts'
import type { FeedBench } from './feed-bench.ts'

/** What a feed promises beyond what all promise. */
export type Promises = {
  readonly feed: FeedName
  /** After a lost connection it goes on where it stood, and there is no gap. */
  readonly replays: boolean
  /** It carries changes of prepared transactions. */
  readonly prepares: boolean
  /** It starts only when every transaction has ended that had written by then. */
  readonly waits: boolean
}

/** One thing that a feed must do; it throws when the feed does not. */
export type FeedCase = {
  readonly title: string
  readonly run: (bench: FeedBench, promises: Promises) => Promise<void>
  readonly onlyFor?: (promises: Promises) => boolean
}

export const PROMISES: Readonly<Record<FeedName, Promises>> = {
  notify: { feed: 'notify', replays: false, prepares: false, waits: false },
  outbox: { feed: 'outbox', replays: true, prepares: true, waits: false },
  wal: { feed: 'wal', replays: false, prepares: true, waits: true },
}

const TERMINATE = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'stalemate feed'`

/** Puts a text where messages are, as anybody may who can connect, or write to the outbox. */
const FORGE: Readonly<Record<FeedName, string>> = {
  notify: 'SELECT pg_notify($1, $2)',
  outbox: 'INSERT INTO stalemate.outbox_1 (channel, message) VALUES ($1, $2)',
  wal: 'SELECT pg_logical_emit_message(true, $1::text, $2::text)',
}

const insert = (key: string): string => `INSERT INTO calls VALUES ('${key}')`

/** What every feed must do. */
export const FEED_CASES: readonly FeedCase[] = [
  {
    title: 'the start is a gap, and what was committed before it is not handed over',
    run: async (bench) => {
      await bench.database.query(insert('before'))
      await bench.start()
      assert.deepEqual(bench.told, ['gap start', 'alive'])
    },
  },
  {
    title: 'a control message arrives in order with the changes, with its body',
    run: async (bench) => {
      await bench.start()
      await bench.database.query(insert('a'))
      await bench.feed.send('warm', { set: 'morning' })
      await bench.database.query(insert('b'))
      await bench.feed.barrier()
      assert.deepEqual(bench.told.slice(2), ['change a', 'control warm {"set":"morning"}', 'change b'])
    },
  },
  {
    title: 'a change that was committed before a barrier is handed over before it resolves',
    run: async (bench) => {
      await bench.start()
      await bench.database.query(insert('a'))
      await bench.feed.barrier()
      assert.deepEqual(bench.keys(), ['a'])
    },
  },
  {
    title:
      'changes come in the order in which they became visible, whatever the order of their transaction ids',
    run: async (bench) => {
      await bench.start()
      const [early, late] = [await bench.writer(), await bench.writer()]
      await early.query(`BEGIN; ${insert('early')}`)
      await late.query(insert('late'))
      await bench.feed.barrier()
      assert.deepEqual(bench.keys(), ['late'])
      await bench.database.query(insert('between'))
      await bench.feed.barrier()
      await early.query('COMMIT')
      await bench.feed.barrier()
      assert.deepEqual(bench.keys(), ['late', 'between', 'early'])
    },
  },
  {
    title: 'a transaction that began before the feed and commits after it is handed over',
    run: async (bench) => {
      const early = await bench.writer()
      await early.query(`BEGIN; ${insert('early')}`)
      await bench.start()
      await early.query('COMMIT')
      await bench.feed.barrier()
      assert.deepEqual(bench.keys(), ['early'])
    },
    onlyFor: ({ waits }) => !waits,
  },
  {
    title: 'commits between any two statements of the feed are not lost',
    run: async (bench) => {
      const written: string[] = []
      await bench.start()
      bench.hooks.after = async () => {
        if (written.length >= 20) return
        const key = `k${written.length}`
        written.push(key)
        await bench.database.query(insert(key))
      }
      for (let turn = 0; turn < 25; turn += 1) await bench.feed.barrier()
      bench.hooks.after = async () => {}
      await bench.feed.barrier()
      assert.deepEqual(new Set(bench.keys()), new Set(written))
      assert.equal(written.length, 20)
    },
  },
  {
    title: 'nothing is told of what was rolled back, as a whole or to a savepoint',
    run: async (bench) => {
      await bench.start()
      const writer = await bench.writer()
      await writer.query(`BEGIN; ${insert('gone')}; ROLLBACK`)
      await writer.query(
        `BEGIN; ${insert('a')}; SAVEPOINT s; ${insert('gone')}; ROLLBACK TO s; ${insert('b')}; RELEASE s; COMMIT`,
      )
      await bench.feed.barrier()
      assert.deepEqual(new Set(bench.keys()), new Set(['a', 'b']))
    },
  },
  {
    title: 'a read that starts when a change is handed over sees it',
    run: async (bench) => {
      await bench.start()
      const reads: Promise<unknown>[] = []
      const unseen: string[] = []
      const look = async (key: string): Promise<void> => {
        const { rowCount } = await bench.database.query('SELECT FROM calls WHERE name = $1', [key])
        if (rowCount === 0) unseen.push(key)
      }
      bench.hooks.told = (entry) => {
        const [kind, key = ''] = entry.split(' ')
        if (kind === 'change') reads.push(look(key))
      }
      const writers = await Promise.all(Array.from({ length: 4 }, () => bench.writer()))
      await Promise.all(
        writers.map(async (writer, number) => {
          for (let turn = 0; turn < 25; turn += 1) await writer.query(insert(`w${number}t${turn}`))
        }),
      )
      await bench.feed.barrier()
      await Promise.all(reads)
      assert.deepEqual(unseen, [])
      assert.equal(reads.length, 100)
    },
  },
  {
    title: 'what is written again is told again',
    run: async (bench) => {
      await bench.start()
      for (let turn = 0; turn < 3; turn += 1) {
        await bench.database.query(insert('same'))
        await bench.feed.barrier()
      }
      assert.deepEqual(bench.keys(), ['same', 'same', 'same'])
    },
  },
  {
    title: 'a feed that starts where another has ended tells nothing that is older',
    run: async (bench) => {
      await bench.start()
      await bench.feed.barrier()
      await bench.feed.close()
      await bench.database.query(insert('between'))
      const { length } = bench.told
      const next = bench.createNext()
      next.start()
      await bench.until('alive', length)
      await bench.database.query(insert('after'))
      await next.feed.barrier()
      await next.feed.close()
      assert.deepEqual(bench.told.slice(length), ['gap start', 'alive', 'change after'])
    },
  },
  {
    title: 'another server in the place of the first is a gap, whatever it remembers',
    run: async (bench, { replays }) => {
      await bench.start()
      await bench.idle()
      const { length } = bench.told
      const standIn = await bench.failOver()
      await bench.database.query(TERMINATE)
      const told = await (replays ? recover : recoverWithGap)(bench, length)
      assert.deepEqual(told, ['gap failover', 'alive'])
      await standIn.query(insert('there'))
      await bench.feed.barrier()
      assert.equal(bench.told.at(-1), 'change there')
    },
  },
  {
    title: 'a control message that is longer than every feed carries is refused',
    run: async (bench) => {
      await bench.start()
      await assert.rejects(
        bench.feed.send('warm', 'x'.repeat(8_000)),
        (error) => error instanceof StalemateError && error.code === 'control-too-long',
      )
      await bench.feed.send('warm', 'x'.repeat(7_000))
      await bench.feed.barrier()
      assert.match(bench.told.at(-1) ?? '', /^control warm/)
    },
  },
  {
    title: 'writers under every isolation level are heard',
    run: async (bench) => {
      const writer = await bench.writer()
      await writer.query(`BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT`)
      await bench.start()
      await bench.feed.barrier()
      await writer.query(`${insert('repeatable')}; COMMIT`)
      await writer.query(`BEGIN ISOLATION LEVEL SERIALIZABLE; ${insert('serializable')}; COMMIT`)
      await bench.feed.barrier()
      assert.deepEqual(bench.keys(), ['repeatable', 'serializable'])
    },
  },
  {
    title: 'a statement with many keys, and a transaction with many statements, arrive whole',
    run: async (bench) => {
      await bench.start()
      const keys = Array.from({ length: 1000 }, (_, index) => `${'k'.repeat(40)}${index}`)
      await bench.database.query('INSERT INTO calls SELECT unnest($1::text[])', [keys])
      await bench.database.query(
        `DO $$ BEGIN FOR i IN 1..2500 LOOP INSERT INTO calls VALUES ('s' || i); END LOOP; END $$`,
      )
      await bench.feed.barrier()
      const heard = new Set(bench.keys())
      assert.equal(heard.size, 3500)
      assert.ok(keys.every((key) => heard.has(key)))
    },
  },
  {
    title:
      'a key that is too long for any message makes the cache wrong as a whole, and the writer is not hurt',
    run: async (bench) => {
      await bench.start()
      await bench.database.query(
        `INSERT INTO calls SELECT string_agg(md5(n::text), '') FROM generate_series(1, 40000) n`,
      )
      await bench.feed.barrier()
      assert.deepEqual(bench.keys(), ['*too-long'])
    },
  },
  {
    title: 'barriers that are asked for together all resolve',
    run: async (bench) => {
      await bench.start()
      await bench.database.query(insert('a'))
      await Promise.all(Array.from({ length: 10 }, () => bench.feed.barrier()))
      assert.deepEqual(bench.keys(), ['a'])
    },
  },
  {
    title: 'a control message that is not known is told, and is no gap; one that is no message is a gap',
    run: async (bench, { feed }) => {
      await bench.start()
      const send = async (text: string): Promise<void> => {
        await bench.database.query(FORGE[feed], [bench.channel, text])
      }
      await send('{"v":1,"c":"party","n":"x"}')
      await send('{"v":9}')
      await bench.feed.barrier()
      assert.deepEqual(bench.told, ['gap start', 'alive', 'control party', 'gap undecodable'])
    },
  },
  {
    title: 'proof of life comes again and again',
    run: async (bench) => {
      await bench.start()
      await bench.idle()
      const { length } = bench.told
      bench.clock.advance(5_000)
      await bench.until('alive', length)
      assert.deepEqual(bench.told.slice(length), ['alive'])
    },
  },
  {
    title:
      'what was committed while the connection was lost is handed over or covered by a gap, before it is alive again',
    run: async (bench, { replays }) => {
      await bench.start()
      const open = await bench.writer()
      await open.query(`BEGIN; ${insert('open')}`)
      const { length } = bench.told
      await bench.database.query(TERMINATE)
      await bench.until('down', length)
      await assert.rejects(
        bench.feed.barrier(),
        (error) => error instanceof StalemateError && error.code === 'feed-silent',
      )
      await bench.database.query(insert('away'))
      await open.query('COMMIT')
      bench.clock.advance(1_000)
      await bench.until('alive', length)
      const after = bench.told.slice(length)
      if (replays) {
        assert.deepEqual(new Set(after.slice(1, -1)), new Set(['change away', 'change open']))
        assert.deepEqual([after[0], after.at(-1)], ['down', 'alive'])
      } else assert.deepEqual(after, ['down', 'gap disconnect', 'alive'])
      await bench.database.query(insert('later'))
      await bench.feed.barrier()
      assert.equal(bench.told.at(-1), 'change later')
    },
  },
  {
    title: 'after it was closed it tells nothing, refuses barriers and leaves no session',
    run: async (bench) => {
      await bench.start()
      const { length } = bench.told
      await bench.feed.close()
      await bench.database.query(insert('a'))
      await assert.rejects(bench.feed.barrier())
      assert.equal(bench.told.length, length)
      await bench.database.query(`DO $$ BEGIN
        FOR attempt IN 1..500 LOOP
          PERFORM pg_stat_clear_snapshot();
          PERFORM FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stalemate feed';
          IF NOT FOUND THEN RETURN; END IF;
          PERFORM pg_sleep(0.01);
        END LOOP;
        RAISE 'a session is left';
      END $$`)
    },
  },
  {
    title: 'a feed that is closed while it starts ends',
    run: async (bench) => {
      const started = bench.start()
      void started.catch(() => {})
      await bench.feed.close()
      assert.ok(!bench.told.includes('alive'))
    },
  },
  {
    title: 'a prepared transaction is heard when it commits, and holds up nothing before',
    onlyFor: ({ prepares }) => prepares,
    run: async (bench) => {
      await bench.start()
      const writer = await bench.writer()
      const gid = `p_${bench.database.name}`
      await writer.query(`BEGIN; ${insert('prepared')}`)
      await writer.query(`PREPARE TRANSACTION '${gid}'`)
      await bench.database.query(insert('other'))
      await bench.feed.barrier()
      assert.deepEqual(bench.keys(), ['other'])
      await writer.query(`COMMIT PREPARED '${gid}'`)
      await bench.feed.barrier()
      assert.deepEqual(bench.keys(), ['other', 'prepared'])
    },
  },
]
