import test from 'ava'
import { createHabitStore } from '../../src/warm/habit-store.ts'
import type { OpenSession } from '../../src/warm/param-source.ts'
import { createDatabase } from '../helpers/database.ts'
import { createDeferred } from '../helpers/deferred.ts'

const TABLE = `CREATE SCHEMA stalemate;
CREATE TABLE stalemate.habits (ruleset text, cache text, sketch text NOT NULL, written_at timestamptz DEFAULT now(),
  PRIMARY KEY (ruleset, cache))`

test('two that write at once come one after the other, so that nothing is lost', async (t) => {
  const database = await createDatabase(t, { sql: TABLE })
  const { signal } = new AbortController()
  const wait = { first: createDeferred<void>(), second: createDeferred<void>() }
  const openWith =
    (before: (text: string) => Promise<void>): OpenSession =>
    async () => {
      const client = await database.connect()
      return {
        query: async (text, values) => {
          const ready = before(text)
          // The second has asked for the lock before the first goes on.
          if (text.includes('advisory'))
            return await client.query(text, values === undefined ? [] : [...values])
          await ready
          return await client.query(text, values === undefined ? [] : [...values])
        },
        destroy: () => void client.end(),
      }
    }
  const add = (name: string) => (text: string | undefined) => `${text ?? ''}${name}`
  const first = createHabitStore(
    'shop',
    openWith(async (text) => {
      if (!text.startsWith('INSERT')) return
      wait.first.resolve()
      await wait.second.promise
    }),
  ).update('board', add('a'), signal)
  await wait.first.promise
  const second = createHabitStore(
    'shop',
    openWith(async (text) => {
      await Promise.resolve()
      if (text.includes('advisory')) wait.second.resolve()
    }),
  ).update('board', add('b'), signal)
  await Promise.all([first, second])
  t.is(
    await createHabitStore(
      'shop',
      openWith(async () => {}),
    ).read('board', signal),
    'ab',
  )
})
