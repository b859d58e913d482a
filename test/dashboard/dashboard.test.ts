import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { ASSETS } from '../../src/dashboard/assets.ts'
import type { PageState } from '../../src/dashboard/state.ts'
import { createBench } from './bench.ts'

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
