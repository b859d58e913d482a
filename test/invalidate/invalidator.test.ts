import test from 'ava'
import type { Applied } from '../../src/applier.ts'
import { Invalidator } from '../../src/invalidate/invalidator.ts'
import type { Tier, TierInvalidation } from '../../src/invalidate/tier.ts'
import { Tiers } from '../../src/invalidate/tiers.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { createRouter } from '../../src/route/route-target.ts'
import { encodeControl } from '../../src/wire/decode.ts'
import type { JsonValue, NamedTarget } from '../../src/wire/change.ts'
import { createClock } from '../helpers/clock.ts'
import { createDeferred, type Deferred, settle } from '../helpers/deferred.ts'
import { MANIFEST } from '../helpers/installed.ts'

const ATTEMPTS = 3

/** An invalidator over a memory that is only a list of what was dropped, and tiers that refuse as often as they are told. */
function createBench({ refusals = [] as number[], manifest = MANIFEST } = {}) {
  const clock = createClock()
  const router = createRouter(manifest)
  const dropped: NamedTarget[] = []
  const sent: JsonValue[] = []
  const errors: unknown[] = []
  const told: (readonly TierInvalidation[])[][] = refusals.map(() => [])
  const left = [...refusals]
  const random = { value: 0.5 }
  const settings = { attempts: ATTEMPTS, base: 100, max: 1_000, clock, random: () => random.value }
  const tiers = refusals.map((_, number): Tier => ({
    name: `tier ${number}`,
    invalidate(list) {
      told[number]?.push(list)
      left[number] = (left[number] ?? 0) - 1
      if ((left[number] ?? 0) >= 0) throw new Error('refused')
    },
  }))
  const feed = { refusals: 0 }
  const owners = new Tiers(tiers, manifest, settings, (error) => errors.push(error))
  const invalidator = new Invalidator({
    ...settings,
    manifest,
    drop(targets): Applied {
      dropped.push(...targets)
      const invalidations = targets.flatMap((target) => router.route(target) ?? [])
      return { invalidations, ignored: 0, dropped: targets.length }
    },
    tiers: owners,
    async send(body) {
      feed.refusals -= 1
      if (feed.refusals >= 0) throw new Error('no connection')
      await Promise.resolve()
      sent.push(body)
    },
  })
  /** Lets `work` end, moving the clock on as far as it waits. */
  const finish = async <T>(work: Promise<T>): Promise<T> => {
    const state = { over: false }
    const end = (): void => void (state.over = true)
    work.then(end, end)
    for (let round = 0; round < 50 && !state.over; round += 1) {
      await settle()
      clock.advance(1_000)
    }
    return await work
  }
  return { clock, dropped, sent, errors, told, left, random, feed, owners, invalidator, finish }
}

const one = (id: number) => ({ cache: 'profile', params: { id } })

test('an invalidation is applied here at once, and sent to the others', async (t) => {
  const { invalidator, dropped, sent, finish } = createBench()
  const work = invalidator.invalidate(one(1))
  t.is(dropped.length, 1)
  t.deepEqual(await finish(work), { dropped: 1, whole: [], sent: true })
  t.like(sent[0], { targets: [['profile', ['id'], ['1']]] })
})

test('a local one is sent to nobody', async (t) => {
  const { invalidator, sent, finish } = createBench()
  t.like(await finish(invalidator.invalidate(one(1), { local: true })), { sent: false })
  t.deepEqual(sent, [])
})

test('what another has sent is applied, and what cannot be read is refused', (t) => {
  const other = createBench()
  const message = { from: 'somebody', targets: [['profile', ['id'], ['1']]] }
  t.like(other.invalidator.receive(message), { dropped: 1 })
  t.throws(() => other.invalidator.receive({ from: 'somebody' }), { code: 'wire-invalid' })
  t.throws(() => other.invalidator.receive(undefined), { code: 'wire-invalid' })
})

test('a runtime knows its own message again', async (t) => {
  const { invalidator, sent, finish, dropped } = createBench()
  await finish(invalidator.invalidate(one(1)))
  t.is(invalidator.receive(sent[0]), undefined)
  t.is(dropped.length, 1)
})

test('a tier that refuses is asked again, after pauses that grow and are drawn at random', async (t) => {
  const { invalidator, clock, told, random } = createBench({ refusals: [2] })
  const work = invalidator.invalidate(one(7))
  await settle()
  t.is(told[0]?.length, 1)
  clock.advance(49)
  await settle()
  t.is(told[0]?.length, 1)
  clock.advance(1)
  await settle()
  t.is(told[0]?.length, 2)
  random.value = 0.25
  clock.advance(100)
  await settle()
  t.is(told[0]?.length, 3)
  t.deepEqual(told[0]?.at(-1), [{ cache: 'profile', params: { id: 7 } }])
  t.like(await work, { sent: true })
})

test('success is never reported for what a tier refused to the end, and the tier owes it until it gives in', async (t) => {
  const { invalidator, owners, told, errors, finish, sent, clock } = createBench({ refusals: [0, 8] })
  const error = await t.throwsAsync(finish(invalidator.invalidate(one(7))), { code: 'invalidation-failed' })
  t.like(error?.cause, { message: 'refused' })
  t.deepEqual(sent, [])
  t.deepEqual(owners.health(), [
    { name: 'tier 0', owes: [] },
    { name: 'tier 1', owes: ['profile'] },
  ])
  const settled = owners.settled()
  t.truthy(settled)
  for (let round = 0; round < 30; round += 1) {
    await settle()
    clock.advance(1_000)
  }
  await settled
  t.is(owners.settled(), undefined)
  t.deepEqual(owners.health()[1], { name: 'tier 1', owes: [] })
  t.deepEqual(told[1]?.at(-1), [{ cache: 'profile', params: {} }])
  t.true(errors.length > 0)
})

test('success is never reported for what could not be sent', async (t) => {
  const { invalidator, feed, dropped, finish } = createBench()
  feed.refusals = ATTEMPTS
  await t.throwsAsync(finish(invalidator.invalidate(one(1))), { code: 'invalidation-failed' })
  t.is(dropped.length, 1)
  feed.refusals = ATTEMPTS - 1
  t.like(await finish(invalidator.invalidate(one(1))), { sent: true })
})

test('of several, what follows a failure is left alone unless told to go on', async (t) => {
  const requests = [one(1), { cache: 'nobody' }, one(2)]
  const first = createBench()
  const stopped = await first.finish(first.invalidator.invalidateMany(requests))
  t.deepEqual(
    stopped.map(({ status }) => status),
    ['applied', 'failed', 'skipped'],
  )
  t.is(first.dropped.length, 1)
  t.like(stopped[1], { error: { code: 'cache-unknown' }, dropped: 0 })
  const second = createBench()
  const all = await second.finish(second.invalidator.invalidateMany(requests, { continueOnError: true }))
  t.deepEqual(
    all.map(({ status }) => status),
    ['applied', 'failed', 'applied'],
  )
  t.is(second.sent.length, 1)
  t.like(second.sent[0], {
    targets: [
      ['profile', ['id'], ['1']],
      ['profile', ['id'], ['2']],
    ],
  })
})

test('many go into messages that the feed can carry, and a feed that is away fails all that it was to carry', async (t) => {
  const requests = Array.from({ length: 2_000 }, (_, id) => one(id + 1_000_000))
  const { invalidator, finish, sent, feed, dropped } = createBench()
  const outcomes = await finish(invalidator.invalidateMany(requests))
  t.true(outcomes.every(({ status }) => status === 'applied'))
  t.true(sent.length > 1 && sent.length < 50, `${sent.length}`)
  for (const body of sent) t.notThrows(() => encodeControl({ kind: 'control', control: 'invalidate', nonce: 'x'.repeat(32), body })) // prettier-ignore
  t.is(sent.flatMap((body) => (body as { targets: unknown[] }).targets).length, 2_000)
  feed.refusals = Infinity
  dropped.length = 0
  const failed = await finish(invalidator.invalidateMany(requests, { continueOnError: true }))
  t.true(failed.every((outcome) => outcome.status === 'failed' && outcome.dropped === 1))
  t.is(dropped.length, 2_000)
})

test('a request that no message can carry names the whole cache', async (t) => {
  const caches = { ...MANIFEST.caches, note: { ...MANIFEST.caches['profile'], params: [{ name: 'text', type: 'text' }] } } // prettier-ignore
  const { invalidator, sent, finish } = createBench({ manifest: { ...MANIFEST, caches } as Manifest })
  t.like(await finish(invalidator.invalidate({ cache: 'note', params: { text: 'x'.repeat(10_000) } })), {
    sent: true,
    whole: [],
  })
  t.like(sent[0], { targets: [['note', 'too-long']] })
})

test('a signal gives up what has not been done', async (t) => {
  const { invalidator, told, clock } = createBench({ refusals: [1] })
  const abort = new AbortController()
  const work = invalidator.invalidate(one(1), { signal: abort.signal })
  await settle()
  abort.abort(new Error('enough'))
  const error = await t.throwsAsync(work, { code: 'invalidation-failed' })
  t.like(error?.cause, { message: 'enough' })
  t.is(clock.pending(), 0)
  t.deepEqual(told[0]?.length, 2, 'the tier owes it, and has given it up meanwhile')
})

test('what another runtime has sent is given up by the tiers too', async (t) => {
  const { invalidator, owners, told } = createBench({ refusals: [0] })
  invalidator.receive({ from: 'another', targets: [['profile', ['id'], ['7']]] })
  await owners.settled()
  t.deepEqual(told, [[[{ cache: 'profile', params: { id: 7 } }]]])
})

test('a tier is clean of a cache when it has given up all that it was told to, and owes nothing', async (t) => {
  const { clock } = createBench()
  const answers: Deferred<void>[] = []
  const tier: Tier = {
    name: 'slow',
    invalidate() {
      const answer = createDeferred<void>()
      answers.push(answer)
      return answer.promise
    },
  }
  const owners = new Tiers(
    [tier],
    MANIFEST,
    { attempts: 1, base: 100, max: 1_000, clock, random: () => 0 },
    () => {},
  )
  const clean = (): readonly boolean[] => ['profile', 'note'].map((cache) => owners.isClean(tier, cache))
  const tell = () => owners.invalidate([{ kind: 'all', cache: 'profile', reason: 'requested' }])
  t.deepEqual(clean(), [true, true])
  const [first, second] = [tell(), tell()]
  t.deepEqual(clean(), [false, true])
  answers[0]?.resolve()
  await first
  t.deepEqual(clean(), [false, true], 'it is still told by the other')
  answers[1]?.reject(new Error('refused'))
  await t.throwsAsync(second, { message: 'refused' })
  await settle()
  t.deepEqual(clean(), [false, true], 'it owes it, and is being asked for it')
  answers[2]?.reject(new Error('refused'))
  await settle()
  t.deepEqual(clean(), [false, true], 'it owes it still')
  clock.advance(1_000)
  await settle()
  answers[3]?.resolve()
  await settle()
  t.deepEqual(clean(), [true, true])
})

test('a signal that is aborted before keeps what is in memory', async (t) => {
  const { invalidator, dropped, sent } = createBench()
  const error = await t.throwsAsync(
    invalidator.invalidate(one(1), { signal: AbortSignal.abort(new Error('enough')) }),
    { code: 'invalidation-failed' },
  )
  t.like(error?.cause, { message: 'enough' })
  t.deepEqual([dropped, sent], [[], []])
})
