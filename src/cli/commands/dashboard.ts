import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { StalemateError } from '../../errors.ts'
import { findConnection } from '../connection.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE } from '../exit-code.ts'
import { createFeedFacts } from '../feed-facts.ts'
import { readCatalogFile, readLockFile } from '../read-catalog.ts'
import { readManifestFile } from '../read-manifest-file.ts'
import { readRules } from '../read-rules.ts'
import { describeSystemError, hasCode } from '../system-error.ts'
import type { Command } from 'commander'
import type { AuditEvent } from '../../dashboard/create-dashboard.ts'
import type { Context, Perform } from '../context.ts'

type Options = {
  readonly url?: string
  readonly port: string
  readonly out: string
  readonly rules: string
  readonly actions?: boolean
}

const PORT = '4747'

/** Serves until the signal comes. Only this machine can ask. */
async function dashboard(options: Options, { io, json, paint }: Context): Promise<number> {
  const port = Number(options.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StalemateError('usage', `Expected --port to be a number from 0 to 65535, got ${options.port}.`)
  }
  const { config, description } = await findConnection(options.url, io.env)
  const manifest = await readManifestFile(join(resolve(io.cwd, options.out), 'manifest.json'), {
    cwd: io.cwd,
  })
  const rules = Object.fromEntries(await readRules(options.rules, { cwd: io.cwd }))
  const { createStalemate, createDashboard } = await loadParts()
  const loader = (): never => {
    throw new StalemateError('loader-missing', 'A dashboard of its own loads nothing.')
  }
  const loaders = Object.fromEntries(Object.keys(manifest.caches).map((name) => [name, loader]))
  const compiled = {
    catalog: await readCatalogFile(options.out, io.cwd),
    queries: await readLockFile(options.out, io.cwd),
  }
  // It has nothing to warm: the processes that serve reads do.
  const watched = { ...manifest, warming: {} }
  await using app = await createStalemate({ manifest: watched, connection: config, loaders })
  await using feed = await createFeedFacts(config, manifest)
  const token = options.actions === true ? randomBytes(16).toString('hex') : undefined
  using page = createDashboard(app, {
    rules,
    compiled,
    databaseOnly: true,
    facts: feed.ask,
    ...(token === undefined ? {} : { token, audit: (event) => writeAudit(io, event) }),
  })
  const server = createServer((request, response) => void page.node(request, response))
  const url = `http://127.0.0.1:${await listen(server, port)}/`
  if (json) {
    writeJson(io, { command: 'dashboard', ok: true, url, database: description, ...(token && { token }) })
  } else {
    io.stdout.write(`${paint('green', 'serving')}  ${url}  of ${description}; Ctrl-C ends it\n`)
    if (token !== undefined) io.stdout.write(`${paint('yellow', 'actions')}  token ${token}\n`)
  }
  await new Promise<void>((done) => {
    if (io.signal.aborted) done()
    io.signal.addEventListener('abort', () => done(), { once: true })
  })
  page.close()
  server.closeAllConnections()
  server.close()
  return EXIT_FINE
}

/** One line for each action, on standard error: whoever started the page sees what is done with it. */
function writeAudit(io: Context['io'], { action, outcome, details }: AuditEvent): void {
  io.stderr.write(`audit  ${action} ${outcome} ${JSON.stringify(details ?? {})}\n`)
}

/** Apart from `using`, in whose function the compiler leaves the endings of dynamic imports as they are. */
async function loadParts() {
  const [{ createStalemate }, { createDashboard }] = await Promise.all([
    import('../../engine.ts'),
    import('../../dashboard/create-dashboard.ts'),
  ])
  return { createStalemate, createDashboard }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error) =>
      fail(
        new StalemateError('usage', `Port ${port} cannot be used: ${describeSystemError(error)}.`, {
          hint: hasCode(error, 'EADDRINUSE')
            ? 'Choose another one with --port, or any with --port 0.'
            : 'Choose another one with --port.',
          cause: error,
        }),
      ),
    )
    server.listen(port, '127.0.0.1', () => done())
  })
  return (server.address() as AddressInfo).port
}

/** `stalemate dashboard`: a page of what the database knows. */
export function addDashboard(program: Command, perform: Perform): void {
  program
    .command('dashboard')
    .summary('serve a page of what the database knows: changes, rules, feed, drift')
    .description(
      'Serves a page on this machine that shows changes as they come, the ruleset as a graph with its SQL, the state of ' +
        'the feed, and triggers that are not as the rules need them. It only shows, unless --actions is given. What the ' +
        'caches of your processes hold is in these processes: mount createDashboard(app) of stalemate/dashboard there.',
    )
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--port <number>', 'port on 127.0.0.1; 0 for any that is free', PORT)
    .option('--out <folder>', 'the folder of the generated files', 'generated')
    .option('--rules <path>', 'the rules: a folder or a file', 'rules')
    .option('--actions', 'allow to invalidate and to clear; prints the token that the page asks for')
    .addHelpText(
      'after',
      formatExamples({
        'stalemate dashboard --url postgres://localhost/app': `look at http://127.0.0.1:${PORT}/`,
        'stalemate dashboard --actions': 'allow to invalidate and clear, with the token that is printed',
        'stalemate dashboard --port 0 --json': 'on any free port; prints the address as JSON',
      }),
    )
    .action(perform(dashboard))
}
