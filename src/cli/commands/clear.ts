import { join, resolve } from 'node:path'
import { StalemateError } from '../../errors.ts'
import { abortable } from '../abortable.ts'
import { explainConnectionError } from '../connection-error.ts'
import { findConnection } from '../connection.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE } from '../exit-code.ts'
import { readManifestFile } from '../read-manifest-file.ts'
import type { Command } from 'commander'
import type { ClearScope } from '../../clear/epochs.ts'
import type { Connection } from '../connection.ts'
import type { Context, Perform } from '../context.ts'

type Options = {
  readonly url?: string
  readonly out: string
  readonly cache?: string
  readonly reason?: string
  readonly confirm?: string
}

/** SQLSTATEs of a schema and of a table that are not there. */
const NOT_INSTALLED = new Set(['3F000', '42P01'])

function nameScope(scope: ClearScope, ruleset: string): string {
  return scope === 'all' ? `all caches of ${ruleset}` : `cache ${scope.cache} of ${ruleset}`
}

async function clear(options: Options, { io, json, paint }: Context): Promise<number> {
  const { url, out, cache, reason, confirm } = options
  if ((reason === undefined) === (confirm === undefined) || (confirm !== undefined && cache !== undefined)) {
    throw new StalemateError('usage', 'A clear takes two steps: --reason asks for it, --confirm does it.', {
      hint: 'Begin with `stalemate clear --reason "why"`, for one cache with --cache; it prints the second step.',
    })
  }
  const manifest = await readManifestFile(join(resolve(io.cwd, out), 'manifest.json'), { cwd: io.cwd })
  const connection = await findConnection(url, io.env)
  const { ruleset } = manifest
  const { requestByToken, clearByToken } = await import('../../clear/tickets.ts')
  const work = withQuery(connection, async (query) => {
    if (confirm !== undefined) return { done: await clearByToken(query, manifest, confirm) }
    const scope: ClearScope = cache === undefined ? 'all' : { cache }
    return { asked: { scope, ...(await requestByToken(query, manifest, scope, reason ?? '')) } }
  })
  const result = await abortable(work, io.signal).catch((error: unknown) => {
    throw explainConnectionError(explainMissing(error, connection), connection)
  })
  const { description: database } = connection
  if (json) {
    const step =
      result.done === undefined ? { step: 'asked', ...result.asked } : { step: 'done', ...result.done }
    writeJson(io, { command: 'clear', ok: true, ruleset, database, ...step })
  } else if (result.done === undefined) {
    const { scope, token, validFor } = result.asked
    io.stdout.write(
      `${paint('yellow', 'asked')}  to give up ${nameScope(scope, ruleset)}, in every process that uses ${database}\n` +
        `${paint('cyan', 'next')}: within ${validFor / 1000} s, once: stalemate clear --confirm ${token}\n`,
    )
  } else {
    const { scope, epoch } = result.done
    io.stdout.write(
      `${paint('green', 'cleared')}  ${nameScope(scope, ruleset)}: epoch ${epoch} in ${database}; who is away finds out on return\n`,
    )
  }
  return EXIT_FINE
}

type Query = (
  text: string,
  values: readonly unknown[],
) => Promise<{ readonly rows: Record<string, unknown>[] }>

async function withQuery<T>({ config }: Connection, work: (query: Query) => Promise<T>): Promise<T> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ application_name: 'stalemate clear', ...config })
  client.on('error', () => {})
  try {
    await client.connect().catch((cause: unknown) => {
      throw new StalemateError('connection-failed', 'The database cannot be reached.', { cause })
    })
    return await work(async (text, values) => await client.query(text, [...values]))
  } finally {
    await client.end().catch(() => {})
  }
}

function explainMissing(error: unknown, { description }: Connection): unknown {
  if (!NOT_INSTALLED.has(String((error as { code?: unknown }).code))) return error
  return new StalemateError('clear-refused', `${description} has no epochs to raise.`, {
    hint: 'Run `stalemate apply` first.',
    cause: error,
  })
}

/** `stalemate clear`: gives up what all caches hold, or one, in every process. */
export function addClear(program: Command, perform: Perform): void {
  program
    .command('clear')
    .summary('give up what the caches of all processes hold, in two steps')
    .description(
      'Raises the epoch of the ruleset, or of one cache: every process that uses the database gives up what it holds, ' +
        'those that are away when they return. The first step asks and prints a token, the second confirms with it, ' +
        'once, for a minute. No process of the application needs to run. The load on the database rises until the ' +
        'caches are filled again. The database is found as by apply.',
    )
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--out <folder>', 'the folder of the generated files', 'generated')
    .option('--cache <name>', 'only this cache')
    .option('--reason <text>', 'first step: why, which is kept with the epoch')
    .option('--confirm <token>', 'second step: the token that the first one printed')
    .addHelpText(
      'after',
      formatExamples({
        'stalemate clear --reason "rows were changed with triggers off"': 'ask; prints a token',
        'stalemate clear --cache dashboard --reason "a wrong import"': 'the same for one cache',
        'stalemate clear --confirm TOKEN': 'do it',
      }),
    )
    .action(perform(clear))
}
