import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { App, CacheTypes } from '../app.ts'
import { StalemateError } from '../errors.ts'
import { systemClock } from '../options.ts'
import { ACTIONS, type ActionResult } from './act.ts'
import { ASSETS } from './assets.ts'
import { findEntries, inspectParams } from './entries.ts'
import { type CompiledBefore, createExplainer, type RuleFiles } from './explain.ts'
import { type GuardOptions, isActionAllowed, isHostAllowed, SECURITY_HEADERS } from './guard.ts'
import { renderPage } from './html.ts'
import { Monitor } from './monitor.ts'
import type { Fact } from './state.ts'
import type { WallClock } from './wall-clock.ts'

/** An action that somebody asked for, whether it was done or not. */
export type AuditEvent = {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly action: string
  /** What the action was given; tokens are left out. */
  readonly details: unknown
  readonly outcome: 'done' | 'refused' | 'failed'
  /** By the option `identify`. */
  readonly by: string | undefined
}

export type DashboardOptions = GuardOptions & {
  /** Where it is mounted, such as `/stalemate`; at the root unless said otherwise. */
  readonly basePath?: string
  /** The rule files, path -> text: then the page explains each table and cache by rule, line and SQL. */
  readonly rules?: RuleFiles
  /** What compiling `rules` needs beside them: the texts of `catalog.json` and `queries.lock.json`, where there are such. */
  readonly compiled?: CompiledBefore
  /** The app serves no reads: only what the database knows is shown. False unless said otherwise. */
  readonly databaseOnly?: boolean
  /** Asked every two seconds while a page is open: what else is to be shown. */
  readonly facts?: () => Promise<readonly Fact[]>
  /** Is told of every action, also of those that are refused. `stalemate:audit` of `node:diagnostics_channel` is, too. */
  readonly audit?: (event: AuditEvent) => void
  /** Who asks, for the audit: a name that the application knows, as from its session. */
  readonly identify?: (request: Request) => string | undefined
  readonly clock?: WallClock
}

/** A page that shows what an app does, as handlers to be mounted. */
export type Dashboard = Disposable & {
  /** For Hono, Deno, Bun and whatever speaks `Request` and `Response`. */
  readonly fetch: (request: Request) => Promise<Response>
  /** For `node:http`, Express (`app.use`) and Fastify (with `request.raw` and `reply.raw`). */
  readonly node: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Ends the streams of the pages that are open. */
  readonly close: () => void
}

const MIN_TOKEN = 16
const MAX_BODY = 100_000

/** A clock whose timers keep no process alive: a page is no reason to go on. */
const idleClock: WallClock = {
  now: systemClock.now,
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms).unref()
    return () => clearTimeout(timer)
  },
}

/**
 * A dashboard of everything in this process. It only shows, and only to the loopback's names, unless told otherwise.
 *
 * @throws StalemateError `option-invalid`: a token that can be guessed
 */
export function createDashboard<C extends CacheTypes>(
  app: App<C>,
  options: DashboardOptions = {},
): Dashboard {
  const { token, basePath = '', rules, clock = idleClock } = options
  if (token !== undefined && token.length < MIN_TOKEN) {
    throw new StalemateError('option-invalid', `Expected a token of at least ${MIN_TOKEN} characters.`, {
      hint: 'Make one with: openssl rand -hex 16',
    })
  }
  const watched = app as unknown as App<CacheTypes>
  const monitor = new Monitor(watched, clock, {
    databaseOnly: options.databaseOnly ?? false,
    explains: rules !== undefined,
    acts: token !== undefined,
    ...(options.facts === undefined ? {} : { facts: options.facts }),
  })
  // Frameworks that mount by prefix take it off the address, others leave it on.
  const getPath = (request: Request): string => {
    const { pathname } = new URL(request.url)
    if (pathname === basePath) return '/'
    return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : pathname
  }
  const routes = new Hono({ getPath })
  routes.use(async (context, next) => {
    if (!isHostAllowed(context.req.raw, options)) return context.text('This host name is not allowed.\n', 403)
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.res.headers.set(name, value)
    return undefined
  })
  routes.get('/', (context) => context.html(renderPage(basePath)))
  routes.get('/assets/:name', async (context) => {
    const asset = ASSETS.get(context.req.param('name'))
    if (asset === undefined) return context.text('There is no such file.\n', 404)
    return context.body(await asset.text(), 200, { 'content-type': asset.type })
  })
  routes.get('/api/state', (context) => context.json(monitor.state()))
  routes.get('/api/events', (context) => monitor.stream() ?? context.text('Too many pages are open.\n', 503))
  routes.get('/api/entries', (context) => context.json(findEntries(watched, context.req.query())))
  routes.get('/api/inspect', (context) => {
    const found = inspectParams(watched, context.req.query())
    return found === undefined
      ? context.json({ message: 'There is no such cache.' }, 404)
      : context.json(found)
  })
  routes.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse()
    const isAsked = error instanceof StalemateError
    return context.json({ message: isAsked ? error.message : 'It failed.' }, isAsked ? 400 : 500)
  })
  if (rules !== undefined) {
    const explainer = createExplainer(rules, options.compiled)
    const tables = watched.manifest.tables.map(({ table }) => table)
    routes.get('/api/explain', async (context) =>
      context.json(await explainer.explain(context.req.query('target') ?? '')),
    )
    routes.get('/api/rules', async (context) => context.json(await explainer.list(tables)))
  }
  routes.post('/api/actions/:name', bodyLimit({ maxSize: MAX_BODY }), async (context) => {
    const name = context.req.param('name')
    const { status, ...result } = await act(watched, context.req.raw, name, options)
    return context.json(result, status)
  })
  const fetch = async (request: Request): Promise<Response> => await routes.fetch(request)
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false })
  return {
    fetch,
    node: async (request, response) => {
      await listener(request, response)
    },
    close: () => monitor.close(),
    [Symbol.dispose]: () => monitor.close(),
  }
}

type Answer = ActionResult & { readonly status: 200 | 400 | 403 | 404 | 500 }

async function act(
  app: App<CacheTypes>,
  request: Request,
  name: string,
  options: DashboardOptions,
): Promise<Answer> {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name as keyof typeof ACTIONS] : undefined
  if (action === undefined) return { status: 404, message: 'There is no such action.' }
  const by = options.identify?.(request)
  const note = (outcome: AuditEvent['outcome'], details: unknown): void => {
    const event: AuditEvent = { at: Date.now(), action: name, details, outcome, by }
    options.audit?.(event)
    channel('stalemate:audit').publish({ ...event, ruleset: app.manifest.ruleset })
  }
  if (!isActionAllowed(request, options)) {
    note('refused', undefined)
    return { status: 403, message: 'The token is missing or wrong, or actions are not enabled.' }
  }
  let body: Readonly<Record<string, unknown>>
  try {
    body = (await request.json()) as typeof body
  } catch {
    note('failed', undefined)
    return { status: 400, message: 'The body is not JSON.' }
  }
  const { token: _, ...details } = body
  try {
    const result = await action(app, body)
    note('done', details)
    return { status: 200, ...result }
  } catch (error) {
    note('failed', details)
    const message = error instanceof Error ? error.message : String(error)
    return { status: error instanceof StalemateError ? 400 : 500, message }
  }
}
