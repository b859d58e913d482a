import test from 'ava'
import { createDashboard } from '../../src/dashboard/create-dashboard.ts'
import { readParams } from '../../src/dashboard/read-params.ts'
import { createBench, TOKEN } from './bench.ts'
import { createFakeApp, USER } from './fake-app.ts'

test('without a token nothing can be done', async (t) => {
  const { post, invalidated, audited } = createBench(t)
  t.is((await post('invalidate', { cache: 'dashboard' })).status, 403)
  t.deepEqual(invalidated, [])
  t.like(audited, [{ action: 'invalidate', outcome: 'refused' }])
})

test('an action needs the right token, and no page of another origin can ask for it', async (t) => {
  const { post, invalidated, audited } = createBench(t, { token: TOKEN, identify: () => 'ada' })
  const body = { cache: 'dashboard', params: { user_id: USER } }
  t.is((await post('invalidate', body, {})).status, 403)
  t.is((await post('invalidate', body, { authorization: `Bearer ${TOKEN.slice(1)}` })).status, 403)
  for (const origin of ['http://evil.example', 'null'])
    t.is((await post('invalidate', body, { authorization: `Bearer ${TOKEN}`, origin })).status, 403, origin)
  t.deepEqual(invalidated, [])
  const done = await post('invalidate', body)
  t.is(done.status, 200)
  t.deepEqual(await done.json(), {
    message: '3 entries of dashboard were dropped here, and every other runtime was told.',
  })
  t.deepEqual(invalidated, [['dashboard', { user_id: USER }]])
  t.deepEqual(
    audited.map(({ outcome, by }) => [outcome, by]),
    [
      ['refused', 'ada'],
      ['refused', 'ada'],
      ['refused', 'ada'],
      ['refused', 'ada'],
      ['done', 'ada'],
    ],
  )
  t.deepEqual(audited.at(-1)?.details, body)
})

test('what makes no sense is refused with a sentence', async (t) => {
  const { post, invalidated } = createBench(t, { token: TOKEN })
  t.is((await post('explode', {})).status, 404)
  t.is((await post('toString', {})).status, 404)
  t.is((await post('invalidate', 'no json')).status, 400)
  t.is((await post('invalidate', { cache: 'constructor' })).status, 400)
  t.is((await post('invalidate', { cache: 'dashboard', params: 'all' })).status, 400)
  t.is((await post('invalidate', 'x'.repeat(200_000))).status, 413)
  t.deepEqual(invalidated, [])
})

test('an emergency clear is asked for, then confirmed by its token, which no audit holds', async (t) => {
  const { post, audited } = createBench(t, { token: TOKEN })
  t.is((await post('request-clear', { cache: '', reason: '' })).status, 400)
  const asked = (await (await post('request-clear', { cache: '', reason: 'drill' })).json()) as {
    token: string
  }
  t.is((await post('clear', { token: 'another' })).status, 400)
  const done = (await (await post('clear', { token: asked.token })).json()) as { message: string }
  t.regex(done.message, /epoch is 7/)
  t.deepEqual(
    audited.map(({ action, outcome }) => `${action} ${outcome}`),
    ['request-clear failed', 'request-clear done', 'clear failed', 'clear done'],
  )
  t.false(JSON.stringify(audited).includes('clear-token'))
})

test('a warming set is run by its name only', async (t) => {
  const { post, warmed } = createBench(t, { token: TOKEN })
  t.is((await post('warm', { set: 'nobody' })).status, 400)
  t.is((await post('warm', {})).status, 400)
  const done = await post('warm', { set: 'best-agents' })
  t.is(done.status, 200)
  t.deepEqual(warmed, ['best-agents'])
})

test('params that were typed in are read by their types', (t) => {
  const declared = [
    { name: 'id', type: 'int' },
    { name: 'open', type: 'boolean' },
    { name: 'day', type: 'date' },
  ] as const
  t.deepEqual(readParams(declared, { id: '12', open: 'true', day: '2026-02-28' }), { id: 12, open: true, day: '2026-02-28' }) // prettier-ignore
  // What does not fit, or is not known, is left to the cache, which says what it expects.
  t.deepEqual(readParams(declared, { id: '1.5', other: 'x' }), { id: '1.5', other: 'x' })
})

test('a token that can be guessed is refused', (t) => {
  t.throws(() => createDashboard(createFakeApp().app, { token: 'short' }), { code: 'option-invalid' })
})
