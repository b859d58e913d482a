import { createServer, request as ask, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve as serveHono } from '@hono/node-server'
import test, { type ExecutionContext } from 'ava'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import type { Dashboard } from '../../src/dashboard/create-dashboard.ts'
import type { PageState } from '../../src/dashboard/state.ts'
import { createBench, TOKEN } from './bench.ts'

const BASE = '/ops/cache'

/** Serves a dashboard below {@link BASE}, beside routes of the application's own; returns the server. */
type Mount = (dashboard: Dashboard) => Promise<Server>

const listen = async (server: Server): Promise<Server> => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  return server
}

const MOUNTS: Readonly<Record<string, Mount>> = {
  'node:http': async (dashboard) =>
    await listen(
      createServer((request, response) => {
        if (request.url?.startsWith(BASE) === true) void dashboard.node(request, response)
        else response.end('own')
      }),
    ),
  Hono: async (dashboard) => {
    const app = new Hono()
    app.all(`${BASE}/*`, async (context) => await dashboard.fetch(context.req.raw))
    app.get('/', (context) => context.text('own'))
    const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
    await new Promise<void>((done) => (server.listening ? done() : server.once('listening', () => done())))
    return server
  },
  Express: async (dashboard) => {
    const app = express()
    // An application that reads bodies itself has it after what it mounts.
    app.use(BASE, (request, response) => void dashboard.node(request, response))
    app.get('/', (_, response) => void response.send('own'))
    return await listen(createServer(app))
  },
  Fastify: async (dashboard) => {
    const app = fastify()
    // The dashboard reads bodies itself.
    void app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_, __, done) => done(null))
      scope.all(`${BASE}/*`, async (request, reply) => {
        reply.hijack()
        await dashboard.node(request.raw, reply.raw)
      })
      await Promise.resolve()
    })
    app.get('/', async () => await Promise.resolve('own'))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
}

/** The first message of the stream. */
async function readStream(url: string): Promise<string> {
  return await new Promise((done, fail) => {
    const sent = ask(url, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (!text.includes('\n\nevent: state\n')) return
        sent.destroy()
        done(text)
      })
      response.on('end', () => fail(new Error(`The stream ended: ${text}`)))
    })
    sent.setTimeout(30_000, () => sent.destroy(new Error('The stream is silent.')))
    sent.on('error', fail)
    sent.end()
  })
}

async function post(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const body = JSON.stringify({ cache: 'dashboard', params: {} })
  const all = { 'content-type': 'application/json', ...headers }
  return await fetch(`${url}/api/actions/invalidate`, { method: 'POST', headers: all, body })
}

const mounted = test.macro({
  title: (_, name?: string) => `it is mounted in ${name}: page, parts, stream and actions`,
  exec: async (t: ExecutionContext, name: string) => {
    const { dashboard, invalidated } = createBench(t, { basePath: BASE, token: TOKEN })
    const mount = MOUNTS[name]
    if (mount === undefined) throw new Error(name)
    const server = await mount(dashboard)
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const url = `${origin}${BASE}`
    t.is(await (await fetch(origin)).text(), 'own')
    const page = await fetch(`${url}/`)
    t.regex(page.headers.get('content-security-policy') ?? '', /^default-src 'none'/)
    const [, script = ''] = /src="([^"]+main\.js)"/.exec(await page.text()) ?? []
    t.is((await fetch(`${origin}${script}`)).status, 200)
    t.is(((await (await fetch(`${url}/api/state`)).json()) as PageState).ruleset, 'callcentre')
    t.regex(await readStream(`${url}/api/events`), /^retry: 1000/)
    t.is((await post(url, {})).status, 403)
    t.is((await post(url, { authorization: `Bearer ${TOKEN}`, origin: 'http://evil.example' })).status, 403)
    t.is((await post(url, { authorization: `Bearer ${TOKEN}`, origin })).status, 200)
    t.deepEqual(invalidated, [['dashboard', {}]])
  },
})

for (const name of Object.keys(MOUNTS)) test(mounted, name)
