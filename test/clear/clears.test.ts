import test from 'ava'
import { Clears } from '../../src/clear/clears.ts'
import { TOKEN_LIFE } from '../../src/clear/tokens.ts'
import { createControls } from '../../src/controls.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { createControl } from '../../src/feed/create-control.ts'
import { createClock } from '../helpers/clock.ts'
import { settle } from '../helpers/deferred.ts'

const MANIFEST = {
  ruleset: 'app',
  feed: 'notify',
  channel: 'stalemate_app',
  caches: { board: {}, report: {} },
} as unknown as Manifest

/** A database that is a map of epochs, and a runtime beside it. */
function createBench(epochs = new Map<string, number>()) {
  const clock = createClock()
  const given: string[] = []
  const told: unknown[] = []
  const sent: string[] = []
  const errors: unknown[] = []
  let isAway = false
  const controls = createControls((error) => errors.push(error))
  const query = (text: string, values: readonly unknown[]) => {
    if (isAway) return Promise.reject(new Error('away'))
    const [, cache] = values as readonly [string, string]
    if (text.startsWith('INSERT')) {
      epochs.set(cache, (epochs.get(cache) ?? 0) + 1)
      return Promise.resolve({ rows: [{ epoch: String(epochs.get(cache)) }], rowCount: 1 })
    }
    if (text.startsWith('SELECT cache'))
      return Promise.resolve({
        rows: [...epochs].map(([name, epoch]) => ({ cache: name, epoch: String(epoch) })),
      })
    sent.push(text)
    return Promise.resolve({ rows: [] })
  }
  const clears = new Clears({
    manifest: MANIFEST,
    query: query as never,
    controls,
    clock,
    caches: new Map(['board', 'report'].map((name) => [name, { invalidateAll: () => given.push(name) }])),
    tiers: { owe: (list) => told.push(...list.map(({ cache }) => cache)) },
    emit: (kind, event) => {
      if (kind === 'error') errors.push(event)
    },
    assertOpen: () => {},
  })
  /** What was given up since the last call; the tiers are told the same. */
  const take = (t: { deepEqual: (a: unknown, b: unknown) => void }): readonly string[] => {
    t.deepEqual(told.splice(0), given)
    return given.splice(0)
  }
  return { clears, clock, epochs, sent, errors, take, hear: () => controls.receive(createControl('clear')), leave: (away: boolean) => (isAway = away) } // prettier-ignore
}

test('a clear raises the epoch, tells the others, and gives up what is in its scope once', async (t) => {
  const { clears, epochs, sent, take } = createBench()
  const all = clears.request({ scope: 'all', reason: 'a wrong import' })
  t.deepEqual(take(t), [])
  t.is(epochs.size, 0)
  t.deepEqual(await clears.clear(all.token), { scope: 'all', epoch: 1 })
  t.deepEqual([...epochs], [['', 1]])
  t.true(sent.length > 0)
  t.deepEqual(take(t), ['board', 'report'])
  await clears.look()
  t.deepEqual(take(t), [])
  const one = clears.request({ scope: { cache: 'report' }, reason: 'a wrong import' })
  t.deepEqual(await clears.clear(one.token), { scope: { cache: 'report' }, epoch: 1 })
  t.deepEqual(take(t), ['report'])
})

test('a token confirms once, for a minute', async (t) => {
  const { clears, clock, epochs, take } = createBench()
  const { token } = clears.request({ scope: 'all', reason: 'why' })
  await clears.clear(token)
  await t.throwsAsync(clears.clear(token), { code: 'clear-refused' })
  const late = clears.request({ scope: 'all', reason: 'why' })
  clock.advance(TOKEN_LIFE)
  await t.throwsAsync(clears.clear(late.token), { code: 'clear-refused' })
  await t.throwsAsync(clears.clear(`${late.token}x`), { code: 'clear-refused' })
  t.is(epochs.get(''), 1)
  t.deepEqual(take(t), ['board', 'report'])
})

test('what others have raised is given up when a message says so, and by the next look where none came', async (t) => {
  const { clears, epochs, take, hear } = createBench(new Map([['gone', 4]]))
  epochs.set('report', 2)
  t.true(hear())
  const settled = clears.settled()
  t.truthy(settled)
  await settled
  t.deepEqual(take(t), ['report'])
  epochs.set('', 1)
  let looked: readonly string[] = []
  const look = clears.guard({
    look: () => {
      looked = take(t)
      return Promise.resolve('covered')
    },
  })
  t.is(await look.look(), 'covered')
  t.deepEqual(looked, ['board', 'report'], 'before whatever gives trust')
  await settle()
  t.is(clears.settled(), undefined)
})

test('two messages are two looks, one after another, and one that fails is told and keeps no other back', async (t) => {
  const { clears, epochs, errors, take, hear, leave } = createBench()
  leave(true)
  hear()
  await clears.settled()
  t.is(errors.length, 1)
  leave(false)
  epochs.set('board', 1)
  hear()
  hear()
  await clears.settled()
  t.deepEqual(take(t), ['board'])
  await t.throwsAsync(
    createBench()
      .clears.guard({ look: () => Promise.reject(new Error('no look')) })
      .look(),
    { message: 'no look' },
  )
})

test('where the epochs can not be read, nothing that gives trust is looked at', async (t) => {
  const { clears, leave } = createBench()
  leave(true)
  let looks = 0
  const guarded = clears.guard({ look: () => Promise.resolve((looks += 1)) })
  await t.throwsAsync(guarded.look(), { message: 'away' })
  t.is(looks, 0)
})
