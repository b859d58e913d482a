import { join, resolve } from 'node:path'
import { StalemateError } from '../../errors.ts'
import { abortable } from '../abortable.ts'
import { explainConnectionError } from '../connection-error.ts'
import { type Connection, findConnection } from '../connection.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import { formatCount } from '../format.ts'
import { readManifestFile } from '../read-manifest-file.ts'
import type { Command } from 'commander'
import type { Finding } from '../../doctor/finding.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import type { Context, Perform } from '../context.ts'
import type { Paint } from '../paint.ts'

type Options = { readonly url?: string; readonly out: string }

const COLORS = { fine: 'green', warning: 'yellow', problem: 'red' } as const
const WIDTH = { level: 'problem'.length, subject: 'transactions'.length }

function formatFindings(findings: readonly Finding[], paint: Paint): string {
  const indent = ' '.repeat(WIDTH.level + WIDTH.subject + 4)
  return findings
    .map(({ subject, level, message, advice }) => {
      const head = `${paint(COLORS[level], level.padEnd(WIDTH.level))}  ${subject.padEnd(WIDTH.subject)}  ${message}\n`
      return advice === undefined ? head : `${head}${indent}${paint('cyan', advice)}\n`
    })
    .join('')
}

/** A database that can't be reached is what this command is for. */
async function find(connection: Connection, manifest: Manifest): Promise<readonly Finding[]> {
  const { examine } = await import('../../doctor/examine.ts')
  const { config, description } = connection
  try {
    const findings = await examine({ connection: config, manifest })
    return [{ subject: 'connection', level: 'fine', message: `${description} answers.` }, ...findings]
  } catch (thrown) {
    const error = explainConnectionError(thrown, connection)
    if (!(error instanceof StalemateError) || error.code !== 'connection-failed') throw error
    const { message, hint } = error
    return [
      { subject: 'connection', level: 'problem', message, ...(hint === undefined ? {} : { advice: hint }) },
    ]
  }
}

async function doctor({ url, out }: Options, { io, json, paint }: Context): Promise<number> {
  const connection = await findConnection(url, io.env)
  const manifest = await readManifestFile(join(resolve(io.cwd, out), 'manifest.json'), { cwd: io.cwd })
  const findings = await abortable(find(connection, manifest), io.signal)
  const found = findings.filter(({ level }) => level !== 'fine')
  const ok = found.length === 0
  const { ruleset, feed } = manifest
  if (json)
    writeJson(io, { command: 'doctor', ok, ruleset, feed, database: connection.description, findings })
  else {
    const count = ok ? paint('green', 'nothing found') : formatCount(found.length, 'finding')
    io.stdout.write(`${formatFindings(findings, paint)}${count} for ruleset ${ruleset} with feed ${feed}\n`)
  }
  return ok ? EXIT_FINE : EXIT_FOUND
}

/** `stalemate doctor`: is there anything about this database that keeps caches from being true, or hurts writers? */
export function addDoctor(program: Command, perform: Perform): void {
  program
    .command('doctor')
    .summary('look for what keeps caches from being true, and say what to do')
    .description(
      'Looks at everything about a database that a runtime depends on: connection and pooler, version, rights, triggers, ' +
        'long transactions, clock, and what the feed of the rules needs. Each finding says what to do. Exit code 1 when ' +
        'something was found. Run it with the role and the address of the runtime. Nothing is changed; with the feed notify, ' +
        'a few empty transactions are committed to measure how long that takes. The database is found as by apply.',
    )
    .option('--url <url>', 'connection URL, such as postgres://user@host:5432/database')
    .option('--out <folder>', 'the folder of the generated files', 'generated')
    .addHelpText(
      'after',
      formatExamples({
        'stalemate doctor --url postgres://app@localhost/app': 'before going live, or when something is odd',
        'stalemate doctor --json': 'every finding as one document',
      }),
    )
    .action(perform(doctor))
}
