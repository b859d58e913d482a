import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { ASSETS } from '../../src/dashboard/assets.ts'
import {
  type AuditEvent,
  createDashboard,
  type Dashboard,
  type DashboardOptions,
} from '../../src/dashboard/create-dashboard.ts'
import type { PageState } from '../../src/dashboard/state.ts'
import type { Explanation } from '../../src/explain/explanation.ts'
import { createClock, type ManualClock } from '../helpers/clock.ts'
import { createFakeApp, type FakeApp, readRules, USER } from './bench.ts'

const TOKEN = '0123456789abcdef0123456789abcdef'

type Bench = FakeApp & {
  readonly dashboard: Dashboard
  readonly clock: ManualClock
  readonly audited: AuditEvent[]
  readonly get: (path: string, host?: string) => Promise<Response>
  readonly post: (action: string, body: unknown, headers?: Record<string, string>) => Promise<Response>
}

function createBench(t: ExecutionContext, options: DashboardOptions = {}): Bench {
  const fake = createFakeApp()
  const clock = createClock()
  const audited: AuditEvent[] = []
  const audit = (event: AuditEvent): void => void audited.push(event)
  const dashboard = createDashboard(fake.app, { clock, audit, ...options })
  t.teardown(() => dashboard.close())
  const get: Bench['get'] = async (path, host = 'localhost:3000') =>
    await dashboard.fetch(new Request(`http://${host}${path}`))
  const post: Bench['post'] = async (action, body, headers = { authorization: `Bearer ${TOKEN}` }) =>
    await dashboard.fetch(
      new Request(`http://localhost:3000/api/actions/${action}`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
  return { ...fake, dashboard, clock, audited, get, post }
}

test('the page and everything that it loads come from here, under 300 KB', async (t) => {
  const { get } = createBench(t)
  const page = await get('/')
  const html = await page.text()
  let size = html.length
  for (const [, path] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    const asset = await get(path ?? '')
    t.is(asset.status, 200, path)
  }
  for (const name of ASSETS.keys()) {
    const asset = await get(`/assets/${name}`)
    const text = await asset.text()
    size += text.length
    for (const [, module] of text.matchAll(/from '\.\/([\w-]+\.js)'/g))
      t.true(ASSETS.has(module ?? ''), module)
    if (name.endsWith('.js')) t.regex(asset.headers.get('content-type') ?? '', /^text\/javascript/)
  }
  t.true(size < 300_000, String(size))
  t.notRegex(html, /https?:\/\/(?!www\.w3\.org)/)
})

test('every answer forbids what is not ours', async (t) => {
  const { get } = createBench(t)
  for (const path of ['/', '/assets/main.js', '/api/state', '/nothing']) {
    const policy = (await get(path)).headers.get('content-security-policy') ?? ''
    t.true(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'"), path)
    t.false(policy.includes('unsafe'))
  }
})

test('who asks by another host name is refused, unless it is named', async (t) => {
  const { get } = createBench(t)
  t.is((await get('/api/state', 'evil.example')).status, 403)
  t.is((await get('/api/state', '127.0.0.1:80')).status, 200)
  const open = createBench(t, { hosts: ['ops.example'] })
  t.is((await open.get('/api/state', 'ops.example')).status, 200)
  t.is((await open.get('/api/state')).status, 403)
})

test('the state has the ruleset, what happened and what is true now, and no value', async (t) => {
  const { get, change, emitter, clock, counters } = createBench(t)
  change('calls', 'dashboard')
  change('calls', 'dashboard')
  emitter.emit('gap', { cause: 'disconnect', epoch: 2, count: 1 })
  const counter = counters['dashboard']
  if (counter !== undefined) Object.assign(counter, { hits: 9, misses: 1, loads: 1, loadTime: 20 })
  clock.advance(5_000)
  const state = (await (await get('/api/state')).json()) as PageState
  t.is(state.ruleset, 'callcentre')
  t.true(state.edges.some(([table, cache]) => table === 'calls' && cache === 'dashboard'))
  t.deepEqual(state.traffic, [['calls', 'dashboard', 2]])
  t.is(state.changes[0]?.sample[0], `dashboard ${USER}`)
  t.like(state.gaps[0], { cause: 'disconnect', epoch: 2 })
  t.deepEqual(state.points[0]?.caches['dashboard'], { hits: 9, misses: 1, loads: 1, loadTime: 20 })
  const entries = await (await get('/api/entries')).text()
  t.false(entries.includes('secret value'))
})

test('entries are found by cache and by a part of a param', async (t) => {
  const { get } = createBench(t)
  const find = async (query: string): Promise<{ entries: { cache: string }[]; complete: boolean }> =>
    (await (await get(`/api/entries?${query}`)).json()) as never
  t.is((await find('cache=dashboard')).entries.length, 30)
  t.is((await find(`cache=dashboard&search=${USER.slice(0, -2).toUpperCase()}17`)).entries.length, 1)
  t.deepEqual(await find('search=nobody'), { entries: [], complete: true })
  const all = await find('')
  t.true(new Set(all.entries.map(({ cache }) => cache)).size > 3)
})

test('a table is explained by rule, line and SQL where the rules are given', async (t) => {
  const { get } = createBench(t, { rules: readRules() })
  const explanation = (await (await get('/api/explain?target=calls')).json()) as Explanation
  t.true(explanation.ok)
  if (!explanation.ok) return
  const [answer] = explanation.answers
  t.regex(answer?.reasons[0]?.rule.file ?? '', /^rules\/\w+\.yaml$/)
  t.true((answer?.sql.length ?? 0) > 0)
  const unknown = (await (await get('/api/explain?target=nobody')).json()) as Explanation
  t.false(unknown.ok)
  t.is((await createBench(t).get('/api/explain?target=calls')).status, 404)
})

test('changes are told in batches, whatever their rate, until the page leaves', async (t) => {
  const { get, change, clock } = createBench(t)
  const response = await get('/api/events')
  t.is(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value)
  t.regex(await read(), /^retry: 1000\n\nevent: state\ndata: \{/)
  for (let n = 0; n < 1_000; n += 1) change('calls', 'dashboard')
  clock.advance(250)
  const batch = await read()
  t.true(batch.startsWith('event: changes\n'))
  const data = JSON.parse(batch.slice(batch.indexOf('{'))) as {
    count: number
    changes: unknown[]
    edges: unknown
  }
  t.is(data.count, 1_000)
  t.is(data.changes.length, 20)
  t.deepEqual(data.edges, [['calls', 'dashboard', 1_000]])
  clock.advance(750)
  t.true((await read()).startsWith('event: now\n'))
  await reader.cancel()
  t.notThrows(() => clock.advance(1_000))
})

test('no more pages are served than can be', async (t) => {
  const { get } = createBench(t)
  const answers = await Promise.all(Array.from({ length: 51 }, async () => await get('/api/events')))
  t.deepEqual(
    answers.map(({ status }) => status).filter((status) => status !== 200),
    [503],
  )
})

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

test('operations are shown with what they came to, the latest first', async (t) => {
  const { get, operations } = createBench(t)
  const operation = {
    kind: 'refresh',
    cause: 'due',
    cache: 'dashboard',
    priority: 'high',
    attempts: 1,
    queuedAt: 1,
  } as const
  operations.push(
    { ...operation, id: 1, state: 'done', startedAt: 5, endedAt: 25 } as never,
    { ...operation, id: 2, state: 'failed', startedAt: 5, endedAt: 6, error: new Error('down') } as never,
  )
  const state = (await (await get('/api/state')).json()) as PageState
  t.like(state.operations, [
    { id: 2, state: 'failed', error: 'down' },
    { id: 1, took: 20 },
  ])
})

test('a token that can be guessed is refused', (t) => {
  t.throws(() => createDashboard(createFakeApp().app, { token: 'short' }), { code: 'option-invalid' })
})

test('it is mounted below a path, whether the framework takes the path off or not', async (t) => {
  const { get } = createBench(t, { basePath: '/ops/cache' })
  for (const path of ['/', '/ops/cache/']) {
    const html = await (await get(path)).text()
    t.true(html.includes('src="/ops/cache/assets/main.js"'), path)
  }
  t.is((await get('/ops/cache/api/state')).status, 200)
  t.is((await get('/api/state')).status, 200)
  t.is((await get('/other/api/state')).status, 404)
})

test('it answers over node:http', async (t) => {
  const { dashboard } = createBench(t)
  const server = createServer((request, response) => void dashboard.node(request, response))
  t.teardown(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/api/state`)
  t.is(response.status, 200)
  t.is(((await response.json()) as PageState).ruleset, 'callcentre')
})
