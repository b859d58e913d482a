import { EventEmitter } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { Server } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import ts from 'typescript'
import { compileRules } from '../../src/compile.ts'
import { createStalemate } from '../../src/engine.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { createMemoryTier } from '../../src/testing/index.ts'
import { createDatabase } from '../helpers/database.ts'
import { ROOT } from '../helpers/root.ts'
import { waitFor } from '../helpers/wait.ts'
import { readSnippets, type Snippet } from './snippets.ts'

/** The application that the pages speak of. */
const RULES = `version: 1
name: shop
feed: notify
caches:
  dashboard: { key: 'dashboard:{user_id}', params: { user_id: uuid }, ttl: 1h }
tables:
  users: [{ invalidate: dashboard, with: { user_id: id } }]
warming:
  active-dashboards: { cache: dashboard, params: SELECT id AS user_id FROM users }
`
const USER = '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162'
const TABLES = `CREATE TABLE users (id uuid PRIMARY KEY); INSERT INTO users VALUES ('${USER}')`
const TOKEN = 'a token of the tests that is long enough'

type Options = Parameters<typeof createStalemate>[0]

/** What stands around a fragment, under the names that the pages use. */
async function prepare(t: ExecutionContext): Promise<Readonly<Record<string, unknown>>> {
  const { files, diagnostics } = await compileRules({ 'rules.yaml': RULES })
  t.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  )
  const up = files.get('migrations/0001_initial.up.sql') ?? ''
  const { connectionString } = await createDatabase(t, { sql: `${TABLES}; ${up}` })
  const manifest = JSON.parse(files.get('manifest.json') ?? '') as Manifest
  const loaders = { dashboard: async () => await Promise.resolve({ calls: 3 }) }
  const connection = { connectionString }
  process.env['DIRECT_DATABASE_URL'] = connectionString
  process.env['DASHBOARD_TOKEN'] = TOKEN
  const create = async (options: Options) => {
    const opened = await createStalemate(options)
    t.teardown(() => opened.close())
    return opened
  }
  const app = await create({ manifest, connection, loaders })
  await app.ready
  const held = new Map<string, unknown>()
  return {
    app,
    createStalemate: create,
    manifest,
    connection,
    loaders,
    user_id: USER,
    store: createMemoryTier(() => performance.now()),
    response: Object.assign(new EventEmitter(), {
      end: (text: string) => t.true(text.includes('stalemate_')),
    }),
    // What they print is not what is looked at.
    console: { log() {}, warn() {}, error() {} },
    pino: () => ({ debug() {}, info() {}, warn() {}, error() {} }),
    // A cache that others wrote, and that is not kept true.
    cache: {
      delete: (key: string) => held.delete(key),
      getOrLoad: async (key: string, load: () => Promise<unknown>) => {
        if (!held.has(key)) held.set(key, await load())
        return held.get(key)
      },
    },
  }
}

/** Servers of the snippets listen on any port, and end with the test. */
function watchServers(t: ExecutionContext): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this`
  const { listen } = Server.prototype
  Server.prototype.listen = function (this: Server, ..._given: unknown[]): Server {
    t.teardown(() => this.close())
    return (listen as (port: number, host: string) => Server).call(this, 0, '127.0.0.1')
  } as typeof listen
  t.teardown(() => (Server.prototype.listen = listen))
}

async function runSnippet({ page, line, text }: Snippet, folder: string): Promise<void> {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  const file = join(folder, `${page.replaceAll(/\W/g, '-')}-${line}.mjs`)
  await writeFile(file, outputText)
  await waitFor(import(pathToFileURL(file).href), `${page}:${line}`)
}

test('every TypeScript snippet of the pages runs in the application that it speaks of', async (t) => {
  const pages = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'))
  const all = (await Promise.all(pages.map((name) => readSnippets(`docs/${name}`)))).flat()
  const snippets = all.filter(({ language }) => language === 'ts')
  t.true(snippets.length > 8)
  // Inside the project, so that the package and what it is used with are found.
  await mkdir(join(ROOT, '.cache'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.cache/snippets-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const { console } = globalThis
  t.teardown(() => Object.assign(globalThis, { console }))
  Object.assign(globalThis, await prepare(t))
  watchServers(t)
  const failed: string[] = []
  for (const snippet of snippets) {
    await runSnippet(snippet, folder).catch((error: unknown) =>
      failed.push(`${snippet.page}:${snippet.line}: ${String(error)}`),
    )
  }
  t.deepEqual(failed, [])
})
